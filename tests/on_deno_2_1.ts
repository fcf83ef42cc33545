/** `deno task test:deno-2.1`: the functions on an older Deno. The stack and the tests around them stay on ours. */
import { deno21 } from "./support/deno_2_1.ts";

/** So that it leaves our lock file and `node_modules` alone. */
const FOREIGN = ["--no-lock", "--node-modules-dir=none"];
const UNITS = [
  "ending",
  "transcript",
  "transcript_labels",
  "transcript_doubt",
];
const OVER_HTTP = [
  "save_call_result",
  "poorer_reports",
  "unreadable_values",
  "rejection",
  "settings",
  "function_logs",
  "broken_sender",
  "strangers",
  "reconcile_calls",
  "vapi_webhook",
  "vapi_webhook_authentication",
  "vapi_webhook_reading",
];

const functions = [...Deno.readDirSync("supabase/functions")]
  .filter(({ name, isDirectory }) => isDirectory && !name.startsWith("_"))
  .map(({ name }) => `supabase/functions/${name}/index.ts`);
const files = (names: string[]) => names.map((name) => `tests/${name}_test.ts`);

const deno = await deno21();
await run(deno, ["--version"]);
await run(deno, ["check", ...FOREIGN, ...functions]);
await run(deno, ["test", "-A", "--no-check", ...FOREIGN, ...files(UNITS)]);
await run(Deno.execPath(), ["test", "-A", ...files(OVER_HTTP)], { FUNCTIONS_DENO: deno });

async function run(command: string, args: string[], env?: Record<string, string>) {
  const { code } = await new Deno.Command(command, { args, env }).spawn().status;
  if (code !== 0) Deno.exit(code);
}
