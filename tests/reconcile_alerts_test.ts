import assert from "node:assert/strict";
import { problem } from "./fake_vapi/mod.ts";
import { originalBodies } from "./support/call_results.ts";
import { assertLastLog } from "./support/last_log.ts";
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
    await report({ ...await place(ended), callId: undefined! }, "queued");
    await place(ended);
    await later(60);
    await told(
      /recovered from Vapi: 1\.$/,
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
    await told(/^Trouble: HTTP 401\.$/);
    await later(60);
    await told();
    await sql`update private.reconcile_runs set started_at = started_at - interval '25 hours'`;
    await later(60);
    await told(/^Trouble: HTTP 401\.$/);
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
    await assertLastLog(stack.stack, '"alerts":"refused: HTTP 500"');
    answer = () => new Response();
    await told(/recovered from Vapi: 1\.$/);
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

Deno.test("a run that fails is recorded, and the operator told, whatever it failed of", async (test) => {
  const received: string[] = [];
  await using hook = Deno.serve({ port: 0, onListen: () => {} }, async (request) => {
    received.push((await request.json()).text);
    return new Response();
  });
  const ALERT_WEBHOOK_URL = `http://127.0.0.1:${hook.addr.port}`;
  await using stack = await startReconcileStack({ ALERT_WEBHOOK_URL });
  const { sql, later, place, report, postTo, vapi, rowOf, stack: { postgres, restartFunctions } } =
    stack;
  const settings = (VAPI_API_KEY: string) => ({
    RECONCILE_TOKEN: "reconcile-token",
    VAPI_API_KEY,
    VAPI_BASE_URL: vapi.url,
    ALERT_WEBHOOK_URL,
  });
  const run = () => postTo("reconcile-calls", "", { Authorization: "Bearer reconcile-token" });
  const lastProblems = async () =>
    (await sql`select last_run -> 'problems' as problems from call_health`)[0].problems;
  const breakFunction = (name: string, signature: string, returns: string) =>
    sql.unsafe(`
      create or replace function public.${name}(${signature}) returns ${returns} language plpgsql
      as $$ begin raise cardinality_violation using message = 'a secret transcript'; end $$`);

  await test.step("a function of the database that is refused; the rest of the run is done", async () => {
    const [{ definition }] = await sql`
      select pg_get_functiondef('public.release_discovery'::regproc) as definition`;
    await breakFunction(
      "release_discovery",
      "is_complete boolean, has_failed boolean, reach_days numeric, compared_back_to timestamptz default null",
      "void",
    );
    const call = await place({ createdAgo: 20 * MINUTE });
    await report(call, "queued");
    await later(15);
    const response = await run();
    assert.equal(response.status, 500, await response.text());
    assert.equal((await rowOf(call)).call_status, "completed");
    assert.deepEqual(await lastProblems(), ["internal: HTTP 500 21000"]);
    assert.match(received.join(), /Trouble: internal: HTTP 500 21000\.$/);
    assert.doesNotMatch(received.join() + stack.stack.functionLogs.join(), /secret transcript/);
    await sql.unsafe(definition);
  });

  await test.step("a setting that is missing", async () => {
    received.length = 0;
    await restartFunctions(settings(""));
    assert.equal((await run()).status, 503);
    const problem = "not_configured: the setting VAPI_API_KEY is missing or unusable";
    assert.deepEqual(await lastProblems(), [problem]);
    assert.deepEqual(received, [`Trouble: ${problem}.`]);
  });

  await test.step("a database that is away: told at once, but no more than once an hour", async () => {
    received.length = 0;
    await restartFunctions(settings(vapi.token));
    await postgres.stop("SIGINT");
    for (let i = 0; i < 2; i++) assert.equal((await run()).status, 503);
    assert.equal(received.length, 1);
    assert.match(
      received[0],
      /^A run of reconcile-calls failed and could not be recorded: unavailable/,
    );
    await postgres.start();
  });

  await test.step("a run that cannot be recorded", async () => {
    received.length = 0;
    await restartFunctions(settings(vapi.token));
    await breakFunction(
      "finish_reconcile_run",
      "started_at timestamptz, checked integer, recovered integer, still_open integer, " +
        "gave_up integer, discovered integer, replayed integer, problems text[]",
      "integer",
    );
    assert.equal((await run()).status, 500);
    assert.deepEqual(received, [
      "A run of reconcile-calls failed and could not be recorded: internal: HTTP 500 21000.",
    ]);
  });
});

Deno.test("call_health shows how the saving of results is doing", async () => {
  await using stack = await startReconcileStack();
  const { sql, place, report, later, post, reconcile } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
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
  await report(announced, "completed", { endedReason: "customer-busy", cost: 0 });
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
    expiring: "0",
  });

  await reconcile();
  const after = await health();
  assert.equal(after.overdue_checks, "0");
  assert(after.last_saved_from_vapi_api);
  assert(after.last_run_at);
  assert.equal(after.last_run.recovered, 2);
});
