/** Tests that fail on purpose, for `tests/failure_logs_test.ts`; `deno test` finds no test in a file of this name. */
import assert from "node:assert/strict";
import { originalBodies } from "../support/call_results.ts";
import { startTestStack, type TestStack } from "../support/stack.ts";

async function save({ post, newRequest }: TestStack, callId: string): Promise<void> {
  const { id, providers: [provider] } = await newRequest();
  const { success } = originalBodies(provider, id);
  const callResult = { ...success.callResult, callId };
  assert.equal((await post({ ...success, callResult })).status, 200);
}

Deno.test("a test that passes", async (test) => {
  await using stack = await startTestStack();
  await save(stack, "in-the-test-that-passes");
  await test.step("with a step that passes", () => save(stack, "in-its-step"));
});

Deno.test("a test that fails", async () => {
  await using stack = await startTestStack();
  await save(stack, "in-the-test-that-fails");
  assert.fail("failed on purpose");
});

Deno.test("a test with steps", async (test) => {
  await using stack = await startTestStack();
  await test.step("passes", () => save(stack, "in-the-first-step"));
  await test.step("holds another", async (test) => {
    await save(stack, "before-the-step-within");
    await test.step("that fails", async () => {
      await save(stack, "in-the-step-that-fails");
      await stack.sql`select from no_such_table`;
    });
    await save(stack, "after-the-step-within");
  });
  await test.step("passes, too", () => save(stack, "in-the-last-step"));
});

Deno.test.ignore("a test that is left out", () => assert.fail());
