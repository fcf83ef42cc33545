import assert from "node:assert/strict";
import { assertLastLog } from "./support/last_log.ts";
import { startTestStack, TOKEN } from "./support/stack.ts";

Deno.test("each of the comma-separated tokens is taken, so that they can be rotated", async () => {
  await using testStack = await startTestStack({ CALL_RESULTS_TOKEN: `old-token, ${TOKEN}` });
  const { post, sql } = testStack;

  for (const token of [TOKEN, "old-token"]) {
    const response = await post("{", { Authorization: `Bearer ${token}` });
    assert.equal(response.status, 400);
    const { code, rejectedId } = await response.json();
    assert.equal(code, "invalid_json");
    const [row] = await sql`select payload from rejected_call_results where id = ${rejectedId}`;
    assert.equal(row.payload, "{");
  }
  const both = await post("{", { Authorization: `Bearer old-token, ${TOKEN}` });
  assert.equal(both.status, 401);
  assert.equal((await both.json()).code, "unauthorized");
});

Deno.test("without its settings, save-call-result is closed to everybody", async (test) => {
  await using testStack = await startTestStack({ CALL_RESULTS_TOKEN: "" });
  const { post, stack } = testStack;

  await test.step("a setting that is there but unusable counts as missing, and is named", async () => {
    const unusable = {
      CALL_RESULTS_TOKEN: " , ",
      SUPABASE_URL: "nowhere",
      SUPABASE_SECRET_KEYS: "{}",
    };
    for (const [name, value] of Object.entries(unusable)) {
      await stack.restartFunctions({ CALL_RESULTS_TOKEN: TOKEN, [name]: value });
      const response = await post("{}");
      assert.equal(response.status, 503, name);
      assert.equal((await response.json()).code, "not_configured");
      await assertLastLog(stack, name);
    }
    await stack.restartFunctions({ CALL_RESULTS_TOKEN: "" });
  });

  for (const token of ["", TOKEN, "local-call-results-token"]) {
    await test.step(`503 not_configured for the token "${token}"`, async () => {
      const response = await post("{}", { Authorization: `Bearer ${token}` });
      assert.equal(response.status, 503);
      assert(response.headers.get("Retry-After"));
      const problem = await response.json();
      assert.equal(problem.code, "not_configured");
      assert.equal(problem.retryable, true);
      assert(!JSON.stringify(problem).includes("CALL_RESULTS_TOKEN"));
    });
  }

  await test.step("the log names the missing setting", () => {
    assert(
      stack.functionLogs.some((line) => line.includes("CALL_RESULTS_TOKEN is missing or unusable")),
    );
  });
});
