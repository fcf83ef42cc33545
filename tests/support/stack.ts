import postgres, { type Sql } from "postgres";
import { readSettings } from "../../local/settings.ts";
import { PROJECT, type Stack, type StackOptions, startStack } from "../../local/stack.ts";
import { showLogsOnFailure } from "./failure_logs.ts";
import { IS_RUNNING, runningStack, runningToken } from "./running_stack.ts";

/** The token that `save-call-result` of a {@link TestStack} takes. */
export const TOKEN = IS_RUNNING ? runningToken("CALL_RESULTS_TOKEN") : "test-token";

/**
 * A stack of its own, on free ports, with the migrations and no rows; or the one that runs already,
 * whose database may hold any.
 */
export interface TestStack extends AsyncDisposable {
  stack: Stack;
  sql: Sql;
  /** POSTs a body to `save-call-result`; anything but text and bytes is sent as JSON. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** POSTs a body to a function as it is, or as JSON; its type is JSON's, unless `headers` say otherwise. */
  postTo(name: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** A new service request with `count` providers. */
  newRequest(count?: number): Promise<{ id: string; providers: string[] }>;
}

/** Starts a stack on free ports; what it logs is shown only when a test fails. */
export async function startQuietStack(options: StackOptions): Promise<Stack> {
  return showLogsOnFailure(await startStack({ port: 0, dbPort: 0, quiet: true, ...options }));
}

/** Starts a stack as `deno task start` does, with the seed and the development settings, on free ports. */
export function startSeededStack(): Promise<Stack> {
  return startQuietStack({ ephemeral: true, env: readSettings(PROJECT) });
}

/** Starts a stack whose functions have `env` over the settings that they need, or takes the running one. */
export async function startTestStack(env: Record<string, string> = {}): Promise<TestStack> {
  const stack = IS_RUNNING ? await runningStack(env) : await startQuietStack({
    ephemeral: true,
    seed: false,
    env: { CALL_RESULTS_TOKEN: TOKEN, ...env },
  });
  const sql = postgres(stack.dbUrl, { onnotice: () => {}, max: 4 });
  const postTo = (name: string, body: unknown, headers?: Record<string, string>) =>
    fetch(`${stack.url}/functions/v1/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: typeof body === "string" || body instanceof Uint8Array
        ? body as BodyInit
        : JSON.stringify(body),
    });
  return {
    stack,
    sql,
    post: (body, headers) =>
      postTo("save-call-result", body, {
        "Authorization": `Bearer ${TOKEN}`,
        ...headers,
      }),
    postTo,
    async newRequest(count = 1) {
      const [{ id }] =
        await sql`insert into service_requests (title) values ('A tap') returning id`;
      const providers = await sql`
        insert into providers (request_id, name)
        select ${id}, 'Provider ' || i from generate_series(1, ${count}::int) i
        returning id`;
      return { id, providers: providers.map((provider) => provider.id) };
    },
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 5 });
      await stack.stop();
    },
  };
}
