import assert from "node:assert/strict";
import { scheduleReconciliation } from "../local/schedule.ts";
import { readSettings } from "../local/settings.ts";
import { startTestStack } from "./support/stack.ts";

Deno.test("the local stack calls reconcile-calls by itself, until it is told to stop", async () => {
  const { RECONCILE_TOKEN, VAPI_API_KEY, VAPI_BASE_URL } = readSettings("/nowhere");
  await using testStack = await startTestStack({ RECONCILE_TOKEN, VAPI_API_KEY, VAPI_BASE_URL });
  const { stack, sql } = testStack;
  const stop = scheduleReconciliation(stack, RECONCILE_TOKEN, 100);
  const runs = () => stack.functionLogs.filter((line) => line.includes('"reconcile-calls"'));
  const deadline = Date.now() + 30_000;
  while (runs().length < 3 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  stop();
  assert(runs().length >= 3);
  assert(runs().every((line) => JSON.parse(line).status === 200), runs().join("\n"));
  const [{ count }] = await sql`select count(*)::int from private.reconcile_runs`;
  assert(count >= 3);
});

Deno.test("without a Vapi key of one's own, no request leaves this machine", () => {
  const name = "VAPI_API_KEY";
  const own = Deno.env.get(name);
  try {
    Deno.env.delete(name);
    assert.match(readSettings("/nowhere").VAPI_BASE_URL, /^http:\/\/127\.0\.0\.1:/);
    Deno.env.set(name, "a key");
    const settings = readSettings("/nowhere");
    assert.deepEqual([settings.VAPI_API_KEY, settings.VAPI_BASE_URL], ["a key", undefined]);
  } finally {
    if (own === undefined) Deno.env.delete(name);
    else Deno.env.set(name, own);
  }
});
