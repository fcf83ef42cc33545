import assert from "node:assert/strict";
import { unanswered } from "./fake_vapi/mod.ts";
import { MINUTE, startReconcileStack, summary } from "./support/reconcile.ts";

Deno.test("no result stays lost", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile, rowOf } = stack;
  // These calls are not about the comparison with Vapi's list.
  await sql`update private.discovery set next_at = 'infinity'`;

  await test.step("Kestra killed after queued: the result comes from Vapi, and the request is settled", async () => {
    const call = await place({ createdAgo: 20 * MINUTE });
    await report(call, "queued");
    assert.deepEqual(await reconcile(), summary({}), "not due yet");
    await later(13);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));

    const row = await rowOf(call);
    assert.equal(row.call_status, "completed");
    assert.match(row.call_transcript, /^AI: .*\nUser: Yes, Thursday at ten\.$/m);
    assert.equal(row.call_summary, "The provider can come on Thursday at ten.");
    assert.deepEqual(row.call_result, { availability: "available", all_criteria_met: true });
    assert.equal(Number(row.call_cost), 0.21);
    assert.equal(row.call_method, "kestra");
    const [log] = await sql`
      select * from interaction_logs where call_id = ${call.callId} and call_status = 'completed'`;
    assert.equal(log.source, "vapi_api");
    assert.equal(log.transcript.length, 2);
    const [request] = await sql`select * from service_requests where id = ${row.request_id}`;
    assert.equal(request.status, "completed");

    await later(60);
    assert.deepEqual(await reconcile(), summary({}), "nothing is left to ask");
  });

  await test.step("a call that is still in progress stays as it is, and is asked about less and less often", async () => {
    const call = await place({ createdAgo: 20 * MINUTE, answeredAfter: 100, endsAfter: undefined });
    await report(call, "in_progress");
    for (const [passed, checked] of [[13, 1], [1, 0], [1, 1], [3, 0], [1, 1], [7, 0], [1, 1]]) {
      await later(passed);
      assert.deepEqual(await reconcile(), summary({ checked, stillOpen: checked }), `${passed}`);
    }
    assert.equal((await rowOf(call)).call_status, "in_progress");
    vapi.calls.at(-1)!.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await later(60);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    assert.equal((await rowOf(call)).call_status, "completed");
  });

  await test.step("timeout saved by the watcher, call completed later: becomes completed", async () => {
    const call = await place({ createdAgo: 20 * MINUTE });
    await report(call, "timeout", { lastKnownStatus: "in-progress" });
    await later(2);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    assert.equal((await rowOf(call)).call_status, "completed");
  });

  await test.step("an error of the workflow around a call that ended well: becomes completed", async () => {
    const call = await place({ createdAgo: 20 * MINUTE });
    await report(call, "error", { error: "Lost sight of the call" });
    await later(2);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    const row = await rowOf(call);
    assert.deepEqual([row.call_status, row.call_error], ["completed", null]);
  });

  await test.step("ended without an artifact: not taken as the last word before its time; then taken", async () => {
    const never = Number.MAX_SAFE_INTEGER / 2;
    const early = await place({ createdAgo: 14 * MINUTE, artifactAfter: never });
    const late = await place({ createdAgo: 16 * MINUTE, artifactAfter: never });
    await report(early, "timeout");
    await report(late, "timeout");
    await later(2);
    assert.deepEqual(await reconcile(), summary({ checked: 2, recovered: 1, stillOpen: 1 }));
    assert.equal((await rowOf(early)).call_status, "timeout");
    assert.equal((await rowOf(late)).call_status, "completed");
    assert.equal((await rowOf(late)).call_ended_reason, "assistant-ended-call");
    await sql`update private.calls set next_check_at = null where call_id = ${early.callId}`;
  });

  await test.step("a completed call without what was said is completed, once", async () => {
    const call = await place({ createdAgo: 5 * MINUTE });
    await report(call, "completed", { endedReason: "assistant-ended-call" });
    assert.equal((await rowOf(call)).call_transcript, null);
    await later(5);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    assert.equal((await rowOf(call)).call_summary, "The provider can come on Thursday at ten.");
    const logs = await sql`select detail from interaction_logs where call_id = ${call.callId}`;
    assert.deepEqual(logs.map(({ detail }) => detail), [
      "The provider can come on Thursday at ten.",
    ]);
    await later(60);
    assert.deepEqual(await reconcile(), summary({}));
  });

  await test.step("an answered call that ended in silence, as far as Kestra saw, is looked at again", async () => {
    const call = await place({ createdAgo: 20 * MINUTE, endedReason: "silence-timed-out" });
    await report(call, "completed", {
      startedAt: call.createdAt,
      endedReason: "silence-timed-out",
    });
    assert.equal((await rowOf(call)).call_status, "no_answer");
    await later(5);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    assert.equal((await rowOf(call)).call_status, "completed");
  });

  await test.step("an ending that needs no words, and of which the cost is known, is not asked about", async () => {
    const call = await place({ ...unanswered("customer-busy"), createdAgo: 20 * MINUTE });
    await report(call, "completed", { endedReason: "customer-busy", cost: 0 });
    await later(60);
    assert.deepEqual(await reconcile(), summary({}));
  });

  await test.step("a call that neither lives nor ended is given up after a day with status error", async () => {
    const call = await place();
    const body = JSON.stringify({ ...vapi.calls.at(-1)!.snapshot(), status: "deletion-failed" });
    vapi.calls.at(-1)!.script.getFaults = Array(9).fill({ status: 200, body });
    await report(call, "in_progress");
    await later(23 * 60);
    assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
    await later(61);
    assert.deepEqual(await reconcile(), summary({ checked: 1, gaveUp: 1 }));
    const row = await rowOf(call);
    assert.equal(row.call_status, "error");
    assert.match(row.call_error, /^Given up: /);
    const [request] = await sql`select status from service_requests where id = ${row.request_id}`;
    assert.equal(request.status, "failed");
    await later(24 * 60);
    assert.equal((await reconcile()).checked, 0);
  });

  await test.step("a call that Vapi does not have is given up after a day", async () => {
    const call = await place();
    const lost = { ...call, callId: crypto.randomUUID() };
    await report(lost, "queued");
    await later(13);
    assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
    await later(24 * 60);
    assert.deepEqual(await reconcile(), summary({ checked: 1, gaveUp: 1 }));
    assert.match((await rowOf(call)).call_error, /^Given up: Vapi does not have this call/);
  });

  await test.step("a provider queued for an hour without a call was never dialled", async () => {
    const [waiting, dialled] = [await place(), await place()];
    await report({ ...waiting, callId: undefined! }, "queued");
    await report({ ...dialled, callId: undefined! }, "queued");
    await report(dialled, "in_progress");
    await sql`update private.calls set next_check_at = null where call_id = ${dialled.callId}`;
    await later(59);
    assert.deepEqual(await reconcile(), summary({}));
    await later(1);
    assert.deepEqual(await reconcile(), summary({ checked: 2, gaveUp: 1 }));
    const row = await rowOf(waiting);
    assert.deepEqual([row.call_status, row.call_id], ["error", null]);
    assert.match(row.call_error, /^Never dialled/);
    assert.equal((await rowOf(dialled)).call_status, "in_progress");
    await report(waiting, "in_progress");
    assert.equal((await rowOf(waiting)).call_status, "in_progress", "a late call still counts");
  });
});
