import assert from "node:assert/strict";
import { startSeededStack } from "./support/stack.ts";

Deno.test("tests against a running stack fail at once where it is not the one they need", async (test) => {
  await using stack = await startSeededStack();
  const running = { TEST_STACK_URL: stack.url, TEST_DB_URL: stack.dbUrl };

  await test.step("one variable without the other is named", async () => {
    const { TEST_STACK_URL, TEST_DB_URL } = running;
    assert.match(await failure("startTestStack()", { TEST_STACK_URL }), /TEST_DB_URL is not set/);
    assert.match(await failure("startTestStack()", { TEST_DB_URL }), /TEST_STACK_URL is not set/);
  });

  await test.step("so is what does not answer", async () => {
    const nobody = "http://127.0.0.1:9";
    assert.match(
      await failure("startTestStack()", { ...running, TEST_STACK_URL: nobody }),
      /No stack answers at TEST_STACK_URL, http:\/\/127\.0\.0\.1:9/,
    );
    assert.match(
      await failure("startTestStack()", { ...running, TEST_DB_URL: "postgresql://127.0.0.1:9/x" }),
      /The database at TEST_DB_URL does not answer/,
    );
  });

  await test.step("a token that it does not take is named", async () => {
    const env = { ...running, CALL_RESULTS_TOKEN: "another" };
    assert.match(await failure("startTestStack()", env), /another CALL_RESULTS_TOKEN\?/);
  });

  await test.step("what it cannot do is said", async () => {
    for (
      const [use, reason] of [
        ['startTestStack({ VAPI_API_KEY: "key" })', "be given the setting VAPI_API_KEY"],
        ["(await startTestStack()).stack.restartFunctions({})", "have its functions restarted"],
        ["(await startTestStack()).stack.postgres.stop()", "have its Postgres stopped"],
        ["(await startTestStack()).stack.functionLogs", "be asked for its functions' log"],
      ]
    ) assert((await failure(use, running)).includes(`cannot ${reason}`), reason);
  });

  await test.step("and it runs on when a test is done with it", async () => {
    const use = "await using used = await startTestStack(); await used.newRequest()";
    assert.equal(await failure(use, running), "");
    assert.equal((await fetch(`${stack.url}/functions/v1/save-call-result`)).status, 405);
  });
});

/** What a program that uses {@link startTestStack} writes to its standard error. */
async function failure(use: string, env: Record<string, string>): Promise<string> {
  const support = new URL("support/stack.ts", import.meta.url).href;
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `import { startTestStack } from "${support}"; ${use};`],
    env: { NO_COLOR: "1", TEST_STACK_URL: "", TEST_DB_URL: "", ...env },
  }).output();
  return new TextDecoder().decode(stderr);
}
