import assert from "node:assert/strict";
import { answered, problem } from "./fake_vapi/mod.ts";
import { MINUTE, startReconcileStack, summary } from "./support/reconcile.ts";

const DAY = 24 * 60 * MINUTE;
const never = Number.MAX_SAFE_INTEGER / 2;
const refusal = problem(401, "Unauthorized", "Invalid Key.");

Deno.test("nothing is given up while it may still be recovered", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile, rowOf } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;

  await test.step("an ending that lacks its words is asked about for a week, while Vapi cannot be asked", async () => {
    const call = await place({ createdAgo: 20 * MINUTE, getFaults: [refusal, refusal] });
    await report(call, "completed");
    await later(25 * 60);
    assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
    await later(60);
    assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
    await later(60);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    assert.match((await rowOf(call)).call_transcript, /Thursday/);
  });

  await test.step("and not for ever, when Vapi does not have it: the ending stands", async () => {
    const call = { ...await place(), callId: crypto.randomUUID() };
    await report(call, "completed");
    await later(25 * 60);
    assert.deepEqual(await reconcile(), summary({ checked: 1 }));
    await later(DAY / MINUTE);
    assert.deepEqual(await reconcile(), summary({}));
    assert.equal((await rowOf(call)).call_status, "completed");
    const logs = await sql`select * from interaction_logs where call_id = ${call.callId}`;
    assert.equal(logs.length, 1);
    const [{ reports }] = await sql`select * from private.calls where call_id = ${call.callId}`;
    assert.deepEqual(Object.keys(reports), ["kestra"], "nobody is said to have said it");
  });

  await test.step("a call that has just ended after more than a day gets its last word", async () => {
    const call = await place({
      createdAgo: DAY + 4 * MINUTE,
      endsAfter: DAY + 3 * MINUTE,
      artifactAfter: 2 * MINUTE,
    });
    await report(call, "in_progress");
    await later(25 * 60);
    assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
    Object.assign(vapi.calls.at(-1)!.script, { artifactAfter: 0 });
    await later(60);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    assert.equal((await rowOf(call)).call_status, "completed");
  });

  await test.step("a wrong clock neither hurries nor delays it", async () => {
    const early = await place({ endsAfter: undefined });
    const late = { ...await place(), callId: crypto.randomUUID() };
    await report({ ...early, createdAt: "2025-01-01T00:00:00Z" }, "in_progress");
    await report({ ...late, createdAt: "2090-01-01T00:00:00Z" }, "in_progress");
    await later(13);
    assert.deepEqual(await reconcile(), summary({ checked: 2, stillOpen: 2 }));
    vapi.calls.forEach((call) => call.hangUp());
    await later(25 * 60);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(await reconcile(), summary({ checked: 2, recovered: 1, gaveUp: 1 }));
    assert.match((await rowOf(late)).call_error, /Vapi does not have this call/);
  });

  await test.step("words without their analysis, or at no cost, are not the last ones yet", async () => {
    for (const lacking of [{ analysis: { summary: "Free." } }, { cost: 0 }]) {
      const call = await place({ createdAgo: 5 * MINUTE, ...lacking });
      await report(call, "timeout");
      await later(2);
      assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
      Object.assign(vapi.calls.at(-1)!.script, answered());
      await later(4);
      assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
      const { call_cost, call_result } = await rowOf(call);
      assert.deepEqual([Number(call_cost), call_result.availability], [0.21, "available"]);
    }
  });

  await test.step("what Postgres cannot hold costs no result", async () => {
    const call = await place({
      createdAgo: 20 * MINUTE,
      analysis: { summary: "Free\0 on \ud800 Friday", structuredData: { "a\0": ["\0"] } },
    });
    await report(call, "timeout");
    await later(2);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    const { call_summary, call_result } = await rowOf(call);
    assert.equal(call_summary, "Free\uFFFD on \uFFFD Friday");
    assert.deepEqual(call_result, { "a\uFFFD": ["\uFFFD"] });
  });

  await test.step("nothing counts as given up where the result came meanwhile", async () => {
    const call = { ...await place({ artifactAfter: never }), callId: crypto.randomUUID() };
    await report(call, "in_progress");
    await later(25 * 60);
    await report(call, "completed", { endedReason: "customer-busy" });
    await later(25 * 60);
    assert.deepEqual(await reconcile(), summary({ checked: 1 }));
    assert.equal((await rowOf(call)).call_status, "busy");
  });
});

Deno.test("what one part of a run cannot do takes nothing from the others", async () => {
  await using stack = await startReconcileStack();
  const { sql, place, report, later, postTo, rowOf } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const call = await place({ createdAgo: 20 * MINUTE });
  await report(call, "queued");
  await later(13);
  await sql`alter function claim_rejected_call_result() rename to gone`;
  const response = await postTo("reconcile-calls", "", { Authorization: "Bearer reconcile-token" });
  assert.equal(response.status, 500);
  await response.body?.cancel();
  assert.equal((await rowOf(call)).call_status, "completed");
  const runs = await sql`select recovered, alert from private.reconcile_runs`;
  assert.deepEqual(runs.map(({ recovered }) => recovered), [1]);
  assert.match(runs[0].alert, /recovered/);
});

Deno.test("after an outage of days, the days are compared, and what was given up is healed", async () => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile, rowOf } = stack;
  const passed = async (days: number) => {
    await later(days * 24 * 60);
    await sql`update private.discovery set
      began_at = began_at - make_interval(days => ${days}),
      compared_back_to = compared_back_to - make_interval(days => ${days}),
      completed_at = completed_at - make_interval(days => ${days})`;
  };
  await reconcile();
  await later(60);
  vapi.listFaults.push(refusal);
  await reconcile();
  await passed(3);
  const lost = await place({ createdAgo: 2 * DAY });
  const givenUp = await place({ createdAgo: 2 * DAY });
  await report(givenUp, "queued");
  await sql`select save_call_result(
    ${givenUp.providerId}, ${givenUp.serviceRequestId}, 'vapi_api', 'error', ${givenUp.callId})`;
  assert.equal((await rowOf(givenUp)).call_status, "error");

  await reconcile();
  await reconcile();
  assert.equal((await rowOf(lost)).call_status, "completed");
  assert.equal((await rowOf(givenUp)).call_status, "completed");
});

Deno.test("a list that is not newest first is not taken for one", async () => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, reconcile } = stack;
  await place({ createdAgo: 9 * MINUTE });
  await place({ createdAgo: 5 * MINUTE });
  const body = JSON.stringify(vapi.calls.map((call) => call.snapshot()));
  vapi.listFaults.push({ status: 200, body });
  assert.deepEqual(await reconcile(), summary({}));
  const [{ completed_at, next_at }] = await sql`select * from private.discovery`;
  assert.equal(completed_at, null);
  assert(next_at > new Date(Date.now() + 4 * MINUTE), "not in every run");
  await sql`update private.discovery set next_at = now()`;
  assert.deepEqual(await reconcile(), summary({ discovered: 2 }));
});
