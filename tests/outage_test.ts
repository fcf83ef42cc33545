import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { startTestStack } from "./support/stack.ts";

Deno.test("while the database is away nothing is lost, and nobody has to restart anything", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest, stack } = testStack;
  const { id, providers: [provider] } = await newRequest();
  const { success } = originalBodies(provider, id);
  assert.equal((await post({ ...success, callResult: { status: "queued" } })).status, 200);

  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    await test.step(`after ${signal} to Postgres, deliveries are answered 503 with Retry-After within 10 s`, async () => {
      await stack.postgres.stop(signal);
      const startedAt = performance.now();
      // A delivery that cannot even be kept must not be answered as if it were.
      for (const body of [success, "{"]) {
        const response = await post(body);
        assert.equal(response.status, 503);
        assert(Number(response.headers.get("Retry-After")) > 0);
        const problem = await response.json();
        assert.equal(problem.code, "unavailable");
        assert.equal(problem.retryable, true);
      }
      assert(performance.now() - startedAt < 20_000);
    });

    await test.step("and 200 when it is back", async () => {
      await stack.postgres.start();
      const response = await post(success);
      assert.equal(response.status, 200);
      const { callStatus } = await response.json();
      assert.equal(callStatus, "completed");
    });
  }

  await test.step("the row is there once", async () => {
    const logs = await sql`select id from interaction_logs where call_id is not null`;
    assert.equal(logs.length, 1);
  });
});
