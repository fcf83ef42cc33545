import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { startTestStack, TOKEN } from "./support/stack.ts";

/** What happens to an answer of the Data API on its way to the function. */
type Way = (answer: Response) => Response | Promise<Response>;

const LONGER_THAN_THE_FUNCTION_WAITS_MS = 9_000;

Deno.test("an answer of the database that is lost on its way costs nothing: what it saved is there once", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest, stack } = testStack;
  let way: Way = (answer) => answer;
  let lossy = "";
  await using proxy = Deno.serve({ port: 0, onListen: () => {} }, async (request) => {
    const url = new URL(request.url);
    const target = `${stack.url}${url.pathname}${url.search}`;
    const body = await request.bytes();
    const answer = await fetch(target, { method: request.method, headers: request.headers, body });
    return url.pathname.endsWith(lossy) ? way(answer) : answer;
  });
  await stack.restartFunctions({
    CALL_RESULTS_TOKEN: TOKEN,
    SUPABASE_URL: `http://127.0.0.1:${proxy.addr.port}`,
  });

  const ways: Record<string, Way> = {
    "comes too late": async (answer) => {
      await new Promise((resolve) => setTimeout(resolve, LONGER_THAN_THE_FUNCTION_WAITS_MS));
      return answer;
    },
    "is cut in its middle": async (answer) => {
      const whole = await answer.bytes();
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(whole.slice(0, whole.length / 2));
          setTimeout(() => controller.error(new Error("cut")), 20);
        },
      });
      return new Response(body, answer);
    },
    "is half, and said to be whole": async (answer) => {
      const whole = await answer.text();
      return new Response(whole.slice(0, whole.length / 2), { status: answer.status });
    },
    "is empty": () => new Response("", { status: 200 }),
    "becomes a proxy's page": () => new Response("<html>Bad gateway</html>", { status: 502 }),
  };

  for (const [name, lost] of Object.entries(ways)) {
    await test.step(`an answer that ${name} is a 5xx to the sender, who tries again: duplicate`, async () => {
      const { id, providers: [provider] } = await newRequest();
      const { success } = originalBodies(provider, id);
      success.callResult.callId = provider;
      [way, lossy] = [lost, "save_call_result"];
      const response = await post(success);
      const problem = await response.json();
      assert(response.status >= 500, JSON.stringify(problem));
      assert.equal(problem.retryable, true);

      way = (answer) => answer;
      const again = await (await post(success)).json();
      assert.equal(again.outcome, "duplicate");
      assert.equal(again.callStatus, "completed");
      const logs = await sql`select from interaction_logs where provider_id = ${provider}`;
      assert.equal(logs.length, 1);
    });

    await test.step(`a refusal whose answer ${name} is a 5xx, too, and is kept once`, async () => {
      const { success } = originalBodies(crypto.randomUUID(), crypto.randomUUID());
      [way, lossy] = [lost, "reject_call_result"];
      const response = await post(success);
      const problem = await response.json();
      assert(response.status >= 500, JSON.stringify(problem));
      assert.equal(problem.retryable, true);

      way = (answer) => answer;
      const again = await post(success);
      assert.equal(again.status, 404);
      const { rejectedId } = await again.json();
      const rows = await sql`
        select id from rejected_call_results where payload ->> 'providerId' = ${success.providerId}`;
      assert.deepEqual(rows.map((row) => row.id), [rejectedId]);
    });
  }
});
