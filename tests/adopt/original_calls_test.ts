import assert from "node:assert/strict";
import { ORGANIZATION, startOriginal, STATES, STATUSES } from "./original.ts";

for (const [state, fixtures] of Object.entries(STATES)) {
  Deno.test(`calls are saved into the original in state ${state}, in its own words`, async (test) => {
    await using original = await startOriginal(fixtures);
    await original.adopt();
    const { sql, save, rows, hasTenancy } = original;

    await test.step("a call over HTTP: the request is CALLING while it is open, ANALYZING when it ended", async () => {
      const ids = await rows.newProvider("PENDING");
      const call = { callId: "call-1", createdAt: "2026-11-22T10:00:00Z" };
      assert.equal((await save(ids, { ...call, status: "queued" })).requestStatus, "CALLING");
      assert.equal((await save(ids, { ...call, status: "in_progress" })).requestStatus, "CALLING");
      const open = await rows.provider(ids.provider);
      assert.deepEqual([open.call_duration_minutes, open.call_cost], [null, null]);
      const ended = await save(ids, {
        ...call,
        status: "completed",
        endedReason: "customer-ended-call",
        duration: 1234.5,
        cost: 0.12345,
        transcript: "AI: Are you free?\nUser: At nine.",
        analysis: { summary: "Free at nine.", structuredData: { call_outcome: "positive" } },
      });
      assert.deepEqual([ended.outcome, ended.requestStatus], ["applied", "ANALYZING"]);
      const row = await rows.provider(ids.provider);
      assert.deepEqual(
        [
          row.call_status,
          row.call_duration_minutes,
          row.call_cost,
          row.call_summary,
          row.call_result,
          row.call_method,
        ],
        ["completed", "999.99", "0.1235", "Free at nine.", { call_outcome: "positive" }, "kestra"],
      );
      const [kept] =
        await sql`select reports #>> '{kestra,call_duration_minutes}' as minutes from private.calls where call_id = 'call-1'`;
      assert.equal(kept.minutes, "1234.5");
      const log = await rows.log(ids.request);
      assert.deepEqual(log.map(({ status, detail, call_id }) => [status, detail, call_id]), [
        ["info", "The call is waiting to be answered.", null],
        ["info", "The call was answered.", null],
        ["success", "Free at nine.", "call-1"],
      ]);
      assert.deepEqual(log[2].transcript, [{ speaker: "AI", text: "Are you free?" }, {
        speaker: "User",
        text: "At nine.",
      }]);
      if (hasTenancy) {
        assert.deepEqual(new Set(log.map(({ org_id }) => org_id)), new Set([ORGANIZATION]));
      }
    });

    for (const status of STATUSES) {
      const stays = !["PENDING", "SEARCHING", "CALLING"].includes(status);
      await test.step(`a request that is ${status} ${stays ? "stays so" : "moves on"}`, async () => {
        const ids = await rows.newProvider(status);
        const callId = `of-${status}`;
        const open = await save(ids, { status: "in_progress", callId });
        const ended = await save(ids, { status: "no_answer", callId });
        const expected = stays ? [status, status] : ["CALLING", "ANALYZING"];
        assert.deepEqual([open.requestStatus, ended.requestStatus], expected);
      });
    }

    await test.step("while another provider's call is open, the request is CALLING", async () => {
      const first = await rows.newProvider("PENDING");
      const second = {
        request: first.request,
        provider: await rows.anotherProvider(first.request),
      };
      await save(first, { status: "queued", callId: "of-first" });
      await save(second, { status: "in_progress", callId: "of-second" });
      assert.equal(
        (await save(first, { status: "busy", callId: "of-first" })).requestStatus,
        "CALLING",
      );
      assert.equal(
        (await save(second, { status: "failed", callId: "of-second" })).requestStatus,
        "ANALYZING",
      );
    });

    await test.step("a call that is canceled is shown as failed, which their backend knows to be the end", async () => {
      const ids = await rows.newProvider("SEARCHING");
      await save(ids, { status: "canceled", callId: "canceled" });
      assert.equal((await rows.provider(ids.provider)).call_status, "failed");
      assert.equal(
        (await save(ids, { status: "canceled", callId: "canceled" })).outcome,
        "duplicate",
      );
    });

    await test.step("a call that ended in two ways has a row for each, of which one carries its id", async () => {
      const ids = await rows.newProvider("CALLING");
      await save(ids, { status: "no_answer", callId: "two-ways" });
      await save(ids, {
        status: "completed",
        callId: "two-ways",
        transcript: "AI: Hello?\nUser: At nine.",
        endedReason: "customer-ended-call",
      });
      await save(ids, { status: "no_answer", callId: "two-ways", message: "It rang out." });
      const log = await rows.log(ids.request);
      assert.deepEqual(log.map(({ status, call_id }) => [status, call_id]), [[
        "warning",
        "two-ways",
      ], ["success", null]]);
    });

    await test.step("a log row of another request that claims the call is not written to", async () => {
      const [ids, other] = [await rows.newProvider("CALLING"), await rows.newProvider("CALLING")];
      const claim = {
        request_id: other.request,
        step_name: "Call",
        detail: "Theirs.",
        status: "info",
        call_id: "claimed",
      };
      await sql`insert into interaction_logs ${
        sql({ ...claim, ...hasTenancy && { org_id: ORGANIZATION } })
      }`;
      await save(ids, { status: "voicemail", callId: "claimed" });
      assert.deepEqual((await rows.log(other.request)).map(({ detail }) => detail), ["Theirs."]);
      assert.deepEqual(
        (await rows.log(ids.request)).map(({ status, call_id }) => [status, call_id]),
        [["warning", null]],
      );
    });

    await test.step("booking_confirmed stays, and what is reported beside it is added", async () => {
      const { provider, request } = rows.booked;
      await save({ provider, request }, { status: "completed", callId: "booked", cost: 0.5 });
      const row = await rows.provider(provider);
      assert.deepEqual([row.call_status, row.call_cost, row.call_transcript], [
        "booking_confirmed",
        "0.5000",
        "AI: Booked.",
      ]);
    });

    await test.step("a call saved before adoption keeps its transcript, result, duration and cost through a late report", async () => {
      const was = await rows.provider(rows.called.provider);
      const answer = await save(rows.called, { status: "in_progress", callId: "old-call" });
      assert.equal(answer.callStatus, "completed");
      assert.deepEqual(await rows.provider(rows.called.provider), was);
      await save(rows.called, {
        status: "completed",
        callId: "old-call",
        recordingUrl: "https://example.com/1.wav",
      });
      const { call_recording_url, ...row } = await rows.provider(rows.called.provider);
      assert.equal(call_recording_url, "https://example.com/1.wav");
      assert.deepEqual({ ...row, call_recording_url: null }, was);
      const log = await rows.log(rows.called.request);
      assert.deepEqual(
        log.filter(({ call_id }) => call_id === "old-call").map(({ detail }) => detail),
        ["Their own words of it, at length."],
      );
    });
  });
}
