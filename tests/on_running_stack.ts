/**
 * `deno task test:running`: the tests that need nothing but HTTP and SQL, on the stack that
 * `TEST_STACK_URL` and `TEST_DB_URL` name. They leave their rows there.
 */
import { IS_RUNNING } from "./support/running_stack.ts";

const FILES = [
  "concurrency",
  "order",
  "rejection",
  "save_call_result",
  "vapi_webhook",
  "vapi_webhook_reading",
  "webhook_calls",
];

if (!IS_RUNNING) {
  console.error("Name the running stack: TEST_STACK_URL and TEST_DB_URL.");
  Deno.exit(1);
}
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", ...FILES.map((name) => `tests/${name}_test.ts`), ...Deno.args],
}).spawn().status;
Deno.exit(code);
