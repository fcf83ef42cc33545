import assert from "node:assert/strict";
import { MINUTE, type PlacedCall, startReconcileStack, summary } from "./support/reconcile.ts";

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

Deno.test("a call that is alive, or is still to run, is not given up", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile, rowOf } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const memoryOf = async ({ callId }: PlacedCall) => {
    const [row] = await sql`select *, next_check_at - now() as pause, xmin::text
      from private.calls where call_id = ${callId}`;
    return row;
  };
  const settle = ({ callId }: PlacedCall) =>
    sql`update private.calls set next_check_at = null where call_id = ${callId}`;
  const minutesUntilCheck = async (call: PlacedCall) =>
    Math.round(((await memoryOf(call)).next_check_at - Date.now()) / MINUTE);

  await test.step("created days ahead and live now: its row says so, and it is asked about again", async () => {
    const script = { createdAgo: 3 * DAY, scheduledFor: 3 * DAY - MINUTE, endsAfter: undefined };
    const call = await place(script);
    await report(call, "queued");
    await later(3 * DAY / MINUTE);
    assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
    assert.equal((await rowOf(call)).call_status, "in_progress");
    assert.equal(await minutesUntilCheck(call), 12, "13 minutes after it began");
    vapi.calls.at(-1)!.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await later(13);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    assert.equal((await rowOf(call)).call_status, "completed");
  });

  for (const status of ["scheduled", "queued", "ringing", "in-progress", "forwarding"]) {
    await test.step(`nor one that Vapi says is ${status}, however old`, async () => {
      const call = await place({ endsAfter: undefined });
      const body = JSON.stringify({ ...vapi.calls.at(-1)!.snapshot(), status });
      vapi.calls.at(-1)!.script.getFaults = Array(99).fill({ status: 200, body });
      await report(call, "timeout");
      for (const days of [2, 40]) {
        await later(days * DAY / MINUTE);
        assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
        assert.equal((await rowOf(call)).call_status, "timeout");
      }
      await settle(call);
    });
  }

  await test.step("what Vapi says of an open call is saved once, and nothing is written where nothing is new", async () => {
    const call = await place({ createdAgo: 20 * MINUTE, answeredAfter: 100, endsAfter: undefined });
    await report(call, "queued");
    await later(13);
    assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
    assert.equal((await rowOf(call)).call_status, "in_progress");
    const [before] = await sql`select xmin::text from providers where id = ${call.providerId}`;
    for (const pause of [2, 4, 8]) {
      await later(pause);
      assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
      assert.equal(await minutesUntilCheck(call), pause, "the pause grows");
    }
    const [after] = await sql`select xmin::text from providers where id = ${call.providerId}`;
    assert.deepEqual(after, before);
    const logs = await sql`select call_status, source from interaction_logs
      where call_id = ${call.callId} order by created_at`;
    assert.deepEqual(logs.map(({ call_status, source }) => `${call_status} ${source}`), [
      "queued kestra",
      "in_progress vapi_api",
    ]);
    await settle(call);
  });

  await test.step("one that is to run in days is asked about when it should have, and not before", async () => {
    const call = await place({ scheduledFor: 3 * DAY });
    await report(call, "queued");
    await later(13);
    assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
    assert.equal(await minutesUntilCheck(call), 3 * DAY / MINUTE + 13);
    await report(call, "queued", { message: "Waiting for Thursday." });
    assert.equal(await minutesUntilCheck(call), 3 * DAY / MINUTE + 13, "whatever else is heard");
    await later(2 * DAY / MINUTE);
    assert.deepEqual(await reconcile(), summary({}));
    const [health] = await sql`select * from call_health`;
    assert.deepEqual([health.open_calls, health.open_over_15_minutes], ["1", "0"]);
    await settle(call);
  });

  await test.step("nor on the spot one that Vapi does not have any more: a day after it should have run", async () => {
    const call = await place({ scheduledFor: 3 * DAY });
    await report(call, "queued");
    await later(13);
    assert.deepEqual(await reconcile(), summary({ checked: 1, stillOpen: 1 }));
    vapi.calls.pop();
    for (
      const [passed, counts] of [
        [3 * DAY / MINUTE + 13, { checked: 1, stillOpen: 1 }],
        [23 * 60, { checked: 1, stillOpen: 1 }],
        [60, { checked: 1, gaveUp: 1 }],
      ] as const
    ) {
      await later(passed);
      assert.deepEqual(await reconcile(), summary(counts));
    }
    assert.match((await rowOf(call)).call_error, /Vapi does not have this call/);
  });

  await test.step("or a day after it was last alive, whoever said so", async () => {
    const byApi = await place({ endsAfter: undefined });
    const byKestra = { ...await place(), callId: crypto.randomUUID() };
    await report(byApi, "in_progress");
    await report(byKestra, "queued");
    await later(3 * DAY / MINUTE);
    await report(byKestra, "in_progress");
    await sql`update private.calls set next_check_at = now() where call_id in ${
      sql([byApi.callId, byKestra.callId])
    }`;
    assert.deepEqual(await reconcile(), summary({ checked: 2, stillOpen: 2 }));
    vapi.calls.length = 0;
    await later(23 * 60);
    assert.deepEqual(await reconcile(), summary({ checked: 2, stillOpen: 2 }));
    await later(61);
    assert.deepEqual(await reconcile(), summary({ checked: 2, gaveUp: 2 }));
  });
});

Deno.test("the hourly comparison finds a call that was created days ago and has run today", async () => {
  await using stack = await startReconcileStack();
  const { vapi, place, later, reconcile, rowOf } = stack;
  await reconcile();
  const old = await place({ createdAgo: 5 * DAY });
  const ran = await place({ createdAgo: 5 * DAY, scheduledFor: 5 * DAY - 20 * MINUTE });
  await later(60);
  assert.deepEqual(await reconcile(), summary({ discovered: 1 }));
  assert.equal((await rowOf(ran)).call_status, "completed");
  assert.equal((await rowOf(old)).call_status, null, "nothing happened to it since");
  const list = vapi.requests.findLast(({ path }) => path.startsWith("/call?"))!;
  const asked = new URL(list.path, vapi.url).searchParams;
  assert.equal(asked.get("createdAtLt"), null, "no clock but Vapi's says which is the newest");
});
