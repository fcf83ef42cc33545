import { type Stack, startStack } from "../local/stack.ts";
import type { Target } from "./ways.ts";

/** The token that both doors take. */
export const TOKEN = "bench-token";

/** A stack of its own, with no rows. */
export function startBenchStack(): Promise<Stack> {
  return startStack({
    port: 0,
    dbPort: 0,
    ephemeral: true,
    seed: false,
    quiet: true,
    env: { CALL_RESULTS_TOKEN: TOKEN, VAPI_WEBHOOK_TOKEN: TOKEN },
  });
}

/** The stack as the load knows it; a stack itself cannot go to a worker. */
export function targetOf({ dbUrl, url, functionsUrl, secretKey }: Stack): Target {
  return { dbUrl, url, functionsUrl, secretKey, token: TOKEN, distance: 0 };
}
