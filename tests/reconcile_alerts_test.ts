import assert from "node:assert/strict";
import { problem } from "./fake_vapi/mod.ts";
import { originalBodies } from "./support/call_results.ts";
import { MINUTE, startReconcileStack } from "./support/reconcile.ts";

Deno.test("the operator is told what there is to say, and nothing twice", async (test) => {
  const received: { text: string }[] = [];
  let answer: () => Response | Promise<Response> = () => new Response();
  await using hook = Deno.serve({ port: 0, onListen: () => {} }, async (request) => {
    const response = await answer();
    const message = await request.json();
    if (response.ok) received.push(message);
    return response;
  });
  const url = `http://127.0.0.1:${hook.addr.port}/secret-path`;
  await using stack = await startReconcileStack({ ALERT_WEBHOOK_URL: url });
  const { sql, place, report, later, post, reconcile, newRequest } = stack;
  const told = async (...expected: RegExp[]) => {
    await reconcile();
    assert.equal(received.length, expected.length ? 1 : 0, JSON.stringify(received));
    const lines = received.pop()?.text.split("\n") ?? [];
    assert.equal(lines.length, expected.length, lines.join());
    expected.forEach((line, i) => assert.match(lines[i], line));
  };
  const ended = { createdAgo: 20 * MINUTE };

  await test.step("a run without news says nothing", () => told());

  await test.step("recovered, discovered and given up, in one message of counts", async () => {
    await report(await place(ended), "queued");
    await report({ ...await place(), callId: undefined! }, "queued");
    await place(ended);
    await later(60);
    await told(
      /brought home from Vapi: 1\.$/,
      /nothing had been saved: 2\.$/,
      /never dialled.*: 1\.$/,
    );
    await told();
  });

  await test.step("new rejected results, once, by reason", async () => {
    const { id } = await newRequest();
    for (let i = 0; i < 2; i++) {
      const { success } = originalBodies(crypto.randomUUID(), id);
      assert.equal((await post(success)).status, 404);
      assert.equal((await post(success)).status, 404);
    }
    assert.equal((await post("{")).status, 400);
    await told(/^New in rejected_call_results: 1 invalid_json, 2 unknown_provider\.$/);
    await later(10);
    await told();
  });

  await test.step("trouble with Vapi, once a day", async () => {
    const refused = { ...ended, getFaults: Array(99).fill(problem(401, "Unauthorized", "")) };
    await report(await place(refused), "queued");
    await later(15);
    await told(/^Trouble with calls: HTTP 401\.$/);
    await later(60);
    await told();
    await sql`update private.reconcile_runs set started_at = started_at - interval '25 hours'`;
    await later(60);
    await told(/^Trouble with calls: HTTP 401\.$/);
  });

  await test.step("the message names no provider, and no call", async () => {
    const alerts = await sql`select alert from private.reconcile_runs where alert is not null`;
    assert(alerts.length >= 3);
    for (const { alert } of alerts) assert.doesNotMatch(alert, /Provider \d|[0-9a-f]{8}-/);
  });

  await test.step("what the hook refused is told by the next run; the run itself does not fail", async () => {
    await report(await place(ended), "queued");
    await later(13);
    answer = () => new Response(null, { status: 500 });
    await told();
    assert.match(stack.stack.functionLogs.at(-1)!, /"alerts":"refused: HTTP 500"/);
    answer = () => new Response();
    await told(/brought home from Vapi: 1\.$/);
    await told();
  });

  await test.step("what it may have taken without an answer is not told again", async () => {
    await report(await place(ended), "queued");
    await later(13);
    const never = Promise.withResolvers<Response>();
    answer = () => never.promise;
    await told();
    never.resolve(new Response(null, { status: 500 }));
    answer = () => new Response();
    await told();
  });

  await test.step("nobody there: the run does not fail", async () => {
    await report(await place(ended), "queued");
    await later(13);
    await hook.shutdown();
    await told();
  });

  await test.step("the URL, which is a secret, is in no log", () => {
    assert(!stack.stack.functionLogs.join().includes("secret-path"));
  });
});

Deno.test("call_health shows how the saving of results is doing", async () => {
  await using stack = await startReconcileStack();
  const { sql, place, report, later, post, reconcile } = stack;
  await sql`update private.listing set next_at = 'infinity'`;
  const health = async () => (await sql`select * from call_health`)[0];
  const empty = await health();
  assert.equal(empty.last_run_at, null);
  assert.equal(Number(empty.open_calls), 0);

  await report(await place(), "queued");
  await report(await place({ createdAgo: 20 * MINUTE }), "in_progress");
  await report(await place({ createdAgo: 90 * MINUTE }), "queued");
  await report(await place(), "timeout");
  await report(await place(), "completed");
  assert.equal((await post("{")).status, 400);
  const announced = await place({ createdAgo: 90 * MINUTE });
  await report({ ...announced, callId: undefined! }, "queued");
  await report(announced, "completed", { endedReason: "customer-busy" });
  await later(8);
  const { last_saved_from_kestra, last_saved_from_vapi_api, ...before } = await health();
  assert(last_saved_from_kestra);
  assert.equal(last_saved_from_vapi_api, null);
  const counts = Object.entries(before).filter(([, value]) => typeof value === "string");
  assert.deepEqual(Object.fromEntries(counts), {
    open_calls: "3",
    open_over_15_minutes: "2",
    open_over_1_hour: "1",
    provisional_calls: "1",
    incomplete_calls: "1",
    overdue_checks: "3",
    rejected_open: "1",
  });

  await reconcile();
  const after = await health();
  assert.equal(after.overdue_checks, "0");
  assert(after.last_saved_from_vapi_api);
  assert(after.last_run_at);
  assert.equal(after.last_run.recovered, 2);
});
