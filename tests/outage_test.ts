import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { untilDataApiAnswers } from "./support/data_api.ts";
import { stopPostgres } from "./support/postgres.ts";
import { assertLastLog } from "./support/last_log.ts";
import { startTestStack, TOKEN } from "./support/stack.ts";
import { endOfCallReport } from "./support/vapi_messages.ts";
import { startWebhookStack } from "./support/webhook.ts";

Deno.test("while the database is away nothing is lost, and nobody has to restart anything", async (test) => {
  await using testStack = await startWebhookStack();
  const { sql, post, send, newRequest, stack } = testStack;
  const { id, providers: [provider] } = await newRequest();
  const { success } = originalBodies(provider, id);
  const { callId } = success.callResult;
  assert.equal((await post({ ...success, callResult: { status: "queued" } })).status, 200);

  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    await test.step(`after ${signal} to Postgres, deliveries are answered 503 with Retry-After within 10 s`, async () => {
      await stopPostgres(stack, signal);
      // A delivery that cannot even be kept must not be answered as if it were.
      for (const body of [success, "{"]) {
        const startedAt = performance.now();
        const response = await post(body);
        assert.equal(response.status, 503, await response.clone().text());
        assert(Number(response.headers.get("Retry-After")) > 0);
        const problem = await response.json();
        assert.equal(problem.code, "unavailable");
        assert.equal(problem.retryable, true);
        assert(performance.now() - startedAt < 10_000);
      }
    });

    await test.step("and the log names the call, at either door", async () => {
      const placed = { callId, providerId: provider, serviceRequestId: id };
      for (const deliver of [() => post(success), () => send(endOfCallReport(placed))]) {
        assert.equal((await deliver()).status, 503);
        await assertLastLog(stack, `"callId":"${callId}"`);
      }
    });

    await test.step("and 200 when it is back", async () => {
      await stack.postgres.start();
      await untilDataApiAnswers(stack);
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

Deno.test("whatever the Data API answers, the sender gets a problem that it understands", async (test) => {
  await using testStack = await startTestStack();
  const { post, stack } = testStack;
  const { success } = originalBodies(crypto.randomUUID(), crypto.randomUUID());

  const answers: Record<string, [answer: () => Response | Promise<Response>, status: number]> = {
    "a proxy's page": [() => new Response("<html>Bad gateway</html>", { status: 502 }), 503],
    "an answer cut in the middle": [() => cutInTheMiddle(), 503],
    "a wrong key": [() => Response.json({ message: "Invalid API key" }, { status: 401 }), 500],
    "an RPC that is not there": [() => refusal(404, "PGRST202"), 500],
    "a pool without a free connection": [() => refusal(504, "PGRST003"), 503],
    "a statement that took too long": [() => refusal(500, "57014"), 503],
    "a connection lost in mid-statement": [() => refusal(400, ""), 503],
    "a deadlock": [() => refusal(500, "40P01"), 503],
    "a lock that is not to be had": [() => refusal(500, "55P03"), 503],
    "a database that can only be read": [() => refusal(405, "25006"), 503],
    "a gateway that has too much to do": [
      () => new Response("Too many requests", { status: 429 }),
      503,
    ],
    "a gateway in trouble": [() => new Response("<html>Sorry</html>", { status: 500 }), 503],
    "a full disk": [() => refusal(503, "53100"), 503],
  };
  for (const [name, [answer, status]] of Object.entries(answers)) {
    await test.step(`${name}: ${status}, to be tried again`, async () => {
      await using dataApi = Deno.serve({ port: 0, onListen: () => {} }, answer);
      await stack.restartFunctions({
        CALL_RESULTS_TOKEN: TOKEN,
        SUPABASE_URL: `http://127.0.0.1:${dataApi.addr.port}`,
      });
      const response = await post(success);
      const problem = await response.json();
      assert.equal(response.status, status, JSON.stringify(problem));
      assert.equal(problem.retryable, true);
      if (status === 503) assert(Number(response.headers.get("Retry-After")) > 0);
      assert(!JSON.stringify(problem).includes("secret transcript"));
    });
  }

  await test.step("a value that Postgres refuses: 422, and kept; 500 where it cannot be kept", async () => {
    let isKept = true;
    await using dataApi = Deno.serve({ port: 0, onListen: () => {} }, ({ url }) => {
      if (isKept && url.includes("reject_call_result")) return Response.json("a-rejected-id");
      return refusal(400, "22003");
    });
    await stack.restartFunctions({
      CALL_RESULTS_TOKEN: TOKEN,
      SUPABASE_URL: `http://127.0.0.1:${dataApi.addr.port}`,
    });
    const refused = await post(success);
    assert.equal(refused.status, 422);
    assert.equal((await refused.json()).rejectedId, "a-rejected-id");
    isKept = false;
    const lost = await post(success);
    assert.equal(lost.status, 500);
    assert.equal((await lost.json()).retryable, true);
  });

  await test.step("of several secret keys, the default one is used, else the first", async () => {
    const keys: (string | null)[] = [];
    await using dataApi = Deno.serve({ port: 0, onListen: () => {} }, ({ headers }) => {
      keys.push(headers.get("apikey"));
      return refusal(500, "XX000");
    });
    for (const secretKeys of [{ first: "a", default: "b" }, { first: "a", second: "b" }]) {
      await stack.restartFunctions({
        CALL_RESULTS_TOKEN: TOKEN,
        SUPABASE_URL: `http://127.0.0.1:${dataApi.addr.port}`,
        SUPABASE_SECRET_KEYS: JSON.stringify(secretKeys),
      });
      assert.equal((await post(success)).status, 500);
    }
    assert.deepEqual(keys, ["b", "a"]);
  });

  await test.step("none at all: 503 within ten seconds", async () => {
    const never = Promise.withResolvers<Response>();
    await using dataApi = Deno.serve({ port: 0, onListen: () => {} }, () => never.promise);
    await stack.restartFunctions({
      CALL_RESULTS_TOKEN: TOKEN,
      SUPABASE_URL: `http://127.0.0.1:${dataApi.addr.port}`,
    });
    const startedAt = performance.now();
    const response = await post(success);
    assert(performance.now() - startedAt < 10_000);
    assert.equal(response.status, 503);
    assert.equal((await response.json()).code, "unavailable");
    never.resolve(new Response());
  });
});

function refusal(status: number, code: string): Response {
  return Response.json({ code, message: "a secret transcript", details: null, hint: null }, {
    status,
  });
}

function cutInTheMiddle(): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"outcome":'));
      setTimeout(() => controller.error(new Error("cut")), 50);
    },
  });
  return new Response(body, { headers: { "Content-Type": "application/json" } });
}
