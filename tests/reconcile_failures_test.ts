import assert from "node:assert/strict";
import { type Fault, problem, tooManyRequests } from "./fake_vapi/mod.ts";
import { untilDataApiAnswers } from "./support/data_api.ts";
import { assertLastLog } from "./support/last_log.ts";
import { MINUTE, type PlacedCall, startReconcileStack, summary } from "./support/reconcile.ts";

const ended = { createdAgo: 20 * MINUTE };

Deno.test("two runs at once over 320 overdue calls ask Vapi about each of them once, and leave the rest to the next", async () => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  for (let i = 0; i < 320; i++) await report(await place(ended), "queued");
  await later(13);
  const asked = () =>
    vapi.requests.filter(({ method }) => method === "GET").map(({ path }) => path);

  const runs = await Promise.all([reconcile(), reconcile()]);
  assert.deepEqual(runs, Array(2).fill(summary({ checked: 150, recovered: 150 })));
  assert.equal(asked().length, 300);
  assert.equal(new Set(asked()).size, 300);

  assert.deepEqual(await reconcile(), summary({ checked: 20, recovered: 20 }));
  assert.equal(new Set(asked()).size, 320);
  const statuses = await sql`select distinct call_status from providers`;
  assert.deepEqual(statuses.map((row) => row.call_status), ["completed"]);
});

Deno.test("whatever Vapi answers for one call, the others are saved", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile, rowOf } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  // Those of the first two are asked for once more within the run.
  const once = (fault: Fault) => ({
    ...ended,
    getFaults: isRepeated(fault) ? [fault, fault] : [fault],
  });
  const faults: Record<string, Fault> = {
    "HTTP 429": tooManyRequests(),
    "HTTP 500": problem(500, "Internal Server Error", "A secret transcript"),
    "HTTP 401": problem(401, "Unauthorized", "Invalid Key."),
    "no answer": "cut",
    "a body of an unknown shape": { status: 200, body: '{"what": "ever"}' },
    "another call": { status: 200, body: '{"id": "another", "status": "ended"}' },
    "a list": { status: 200, body: "[]" },
    "no JSON": { status: 200, body: "<html>A secret transcript</html>" },
    "null": { status: 200, body: "null" },
  };
  const bad: PlacedCall[] = [];
  for (const fault of Object.values(faults)) bad.push(await place(once(fault)));
  const slow = await place(once("no answer"));
  const unknown = { ...await place(ended), callId: crypto.randomUUID() };
  const good = [await place(ended), await place(ended), await place(ended)];
  for (const call of [...bad, slow, unknown, ...good]) await report(call, "queued");
  await later(13);

  await test.step("the run ends 200 with a true summary", async () => {
    const failed = bad.length + 2;
    assert.deepEqual(
      await reconcile(),
      summary({ checked: failed + 3, recovered: 3, stillOpen: failed }),
    );
  });

  await test.step("the rest is saved, and what failed is as it was", async () => {
    for (const call of good) assert.equal((await rowOf(call)).call_status, "completed");
    for (const call of [...bad, slow, unknown]) {
      assert.equal((await rowOf(call)).call_status, "queued");
    }
  });

  await test.step("the run's record says what went wrong, and nothing of the calls", async () => {
    const [run] = await sql`select * from private.reconcile_runs order by started_at desc limit 1`;
    assert.deepEqual(run.problems.sort(), [
      "HTTP 401",
      "HTTP 404",
      "HTTP 429",
      "HTTP 500",
      "no answer",
      "unreadable answer",
    ]);
    assert(!JSON.stringify(run).includes("secret"));
    assert(!stack.stack.functionLogs.join().includes("secret"));
  });

  await test.step("what failed is asked about again, and saved when Vapi answers", async () => {
    await later(2);
    const { recovered, stillOpen } = await reconcile();
    assert.deepEqual([recovered, stillOpen], [bad.length + 1, 1]);
  });

  await test.step("429 is obeyed: the next request for that call comes no earlier than Retry-After says", () => {
    const [first, second] = vapi.requests.filter(({ path }) => path === `/call/${bad[0].callId}`);
    assert.equal(first.status, 429);
    assert(second.at - first.at >= 1000);
  });
});

function isRepeated(fault: Fault): boolean {
  return typeof fault === "object" && [429, 500].includes(fault.status);
}

Deno.test("while Vapi is away, a run leaves it alone after some failures, and nothing is given up before a week", async () => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile, rowOf } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const refused = { ...ended, getFaults: Array(99).fill(problem(401, "Unauthorized", "")) };
  const calls = [];
  for (let i = 0; i < 30; i++) calls.push(await place(refused));
  for (const call of calls) await report(call, "queued");
  await later(13);

  const { checked, stillOpen } = await reconcile();
  assert.equal(checked, stillOpen);
  assert(checked >= 10 && checked < 20, `${checked} of 30 were asked about`);

  const [first] = calls;
  const ageTo = (days: number) =>
    sql`
    update private.calls set first_seen_at = now() - make_interval(days => ${days}), next_check_at = now(),
      kestra_reported_at = now() - make_interval(days => ${days})
    where call_id = ${first.callId}`;
  await sql`update private.calls set next_check_at = 'infinity'`;
  await ageTo(6);
  assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
  await ageTo(8);
  assert.deepEqual(await reconcile(), summary({ checked: 1, gaveUp: 1 }));
  assert.match((await rowOf(first)).call_error, /could not be asked/);
  assert.equal(vapi.requests.filter(({ path }) => path.endsWith(first.callId)).length, 3);
});

Deno.test("the reconciler is for whoever has its token, and answers 503 where a setting is missing", async () => {
  await using stack = await startReconcileStack();
  const { postTo, stack: { restartFunctions, url } } = stack;
  assert.equal((await postTo("reconcile-calls", "")).status, 401);
  const wrong = await postTo("reconcile-calls", "", { Authorization: "Bearer wrong" });
  assert.equal(wrong.status, 401);
  const other = await fetch(`${url}/functions/v1/reconcile-calls`);
  assert.equal(other.status, 405);
  assert.equal(other.headers.get("Allow"), "POST");
  await other.body?.cancel();

  const settings = { RECONCILE_TOKEN: "token", VAPI_API_KEY: "key" };
  for (const missing of ["RECONCILE_TOKEN", "VAPI_API_KEY"]) {
    await restartFunctions({ ...settings, [missing]: "" });
    const response = await postTo("reconcile-calls", "", { Authorization: "Bearer token" });
    assert.equal(response.status, 503);
    assert.equal((await response.json()).code, "not_configured");
    await assertLastLog(stack.stack, missing);
  }
});

Deno.test("without the database a run is answered 503, and the next one does its work", async () => {
  await using stack = await startReconcileStack();
  const { sql, place, report, later, reconcile, postTo, rowOf, stack: { postgres } } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const call = await place(ended);
  await report(call, "queued");
  await later(13);
  await postgres.stop("SIGINT");
  const response = await postTo("reconcile-calls", "", { Authorization: "Bearer reconcile-token" });
  assert.equal(response.status, 503);
  assert.equal((await response.json()).code, "unavailable");
  await postgres.start();
  await untilDataApiAnswers(stack.stack);
  assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
  assert.equal((await rowOf(call)).call_status, "completed");
});
