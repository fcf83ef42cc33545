import assert from "node:assert/strict";
import { MINUTE, startReconcileStack } from "./support/reconcile.ts";

const folder = new URL("../supabase/snippets/", import.meta.url);
const [stuckCalls, callsByDay] = await Promise.all(
  ["what_is_stuck.sql", "calls_by_day_and_status.sql"]
    .map((name) => Deno.readTextFile(new URL(name, folder))),
);

Deno.test("the saved queries count calls, as call_health does, and not providers", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, place, report, later, post, newRequest } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;

  const older = await place({ createdAgo: 40 * MINUTE });
  const newer = await place({ createdAgo: MINUTE }, older);
  const alone = await place({ createdAgo: 30 * MINUTE });
  const fresh = await place({ createdAgo: 2 * MINUTE });
  for (const call of [older, newer, alone, fresh]) await report(call, "in_progress");
  const lost = await place({ createdAgo: 20 * MINUTE });
  await report(lost, "timeout");
  const lostBefore = await place({ createdAgo: 25 * MINUTE });
  await report(lostBefore, "error");
  const again = await place({ createdAgo: 3 * MINUTE }, lostBefore);
  await report(again, "completed", { cost: 0.23, duration: 2.5, transcript: "User: Hello" });
  const dialled = await newRequest();
  const [providerId] = dialled.providers;
  const queued = { providerId, serviceRequestId: dialled.id, callResult: { status: "queued" } };
  assert.equal((await post(queued)).status, 200);
  const placed = await place({ createdAgo: MINUTE }, queued);
  await report(placed, "completed", { cost: 0.21, duration: 1.5, transcript: "User: Yes" });
  const undialled = await newRequest();
  await post({ ...queued, providerId: undialled.providers[0], serviceRequestId: undialled.id });

  const bothOf = async () => {
    const rows = await sql.unsafe(stuckCalls);
    const [health] = await sql`select * from call_health`;
    const open = rows.filter(({ call_status }) => /queued|in_progress/.test(call_status));
    const waiting = rows.filter((row) => !open.includes(row) && row.next_check_at);
    return { rows, health, open, waiting };
  };

  await test.step("an open call that a newer one superseded is shown, and counted", async () => {
    const { open, health } = await bothOf();
    const shown = open.map(({ call_id, has_newer_call }) => [call_id, has_newer_call]);
    assert.deepEqual(shown, [[older.callId, true], [alone.callId, false]]);
    assert.equal(health.open_over_15_minutes, String(open.length));
  });

  await test.step("so is an ending that nobody saw, as long as Vapi is asked about it", async () => {
    const { waiting, health } = await bothOf();
    assert.deepEqual(waiting.map(({ call_id }) => call_id), [lostBefore.callId, lost.callId]);
    assert.equal(health.provisional_calls, String(waiting.length));
  });

  await test.step("they agree as time passes, on what was queued and never dialled, too", async () => {
    for (const [minutes, expected] of [[16, 5], [60, 5]]) {
      await later(minutes);
      await sql`update private.calls set called_at = called_at - make_interval(mins => ${minutes})`;
      const { open, waiting, health } = await bothOf();
      assert.equal(open.length, expected);
      assert.equal(health.open_over_15_minutes, String(open.length));
      assert.equal(health.provisional_calls, String(waiting.length));
    }
  });

  await test.step("what was given up is shown for a week, unless a newer call took its place", async () => {
    for (const { callId } of [lost, lostBefore]) await sql`select stop_checking(${callId})`;
    const { rows } = await bothOf();
    const given = rows.filter(({ next_check_at }) => !next_check_at);
    assert.deepEqual(given.map(({ call_id }) => call_id), [lost.callId]);
  });

  await test.step("cost and minutes are those of all calls", async () => {
    const second = await place({ createdAgo: 0 }, again);
    await report(second, "completed", { cost: 0.21, duration: 1, transcript: "User: Hi again" });
    const byDay = await sql.unsafe(callsByDay);
    const completed = byDay.find(({ call_status }) => call_status === "completed")!;
    assert.partialDeepStrictEqual(completed, { calls: "3", minutes: "5.0", cost: "0.65" });
    const [{ shown }] = await sql`select sum(call_cost) as shown from providers`;
    assert.equal(shown, "0.42");
  });
});
