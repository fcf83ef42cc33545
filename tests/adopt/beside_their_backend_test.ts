import assert from "node:assert/strict";
import { ORGANIZATION, type Original, startOriginal, STATES } from "./original.ts";

/** What Kestra reports of the same call. */
const ours = (callId: string) => ({ status: "completed", callId, cost: 0.3, duration: 2 });

for (const [state, fixtures] of Object.entries(STATES)) {
  Deno.test(`beside their backend nothing is lost or doubled, in state ${state}`, async (test) => {
    await using original = await startOriginal(fixtures);
    await original.adopt();
    const { save, rows } = original;
    const theirs = theirWrites(original);

    for (
      const order of ["theirs, ours", "ours, theirs", "theirs, ours, theirs", "ours, theirs, ours"]
    ) {
      await test.step(`${order}`, async () => {
        const ids = await rows.newProvider("CALLING");
        const callId = order.replaceAll(", ", "-");
        for (const [i, who] of order.split(", ").entries()) {
          if (who === "theirs") await theirs(ids, callId);
          else await save(ids, { ...ours(callId), ...i > 1 && { message: "Again." } });
        }
        const row = await rows.provider(ids.provider);
        assert.deepEqual(
          [
            row.call_status,
            row.call_transcript,
            row.call_result,
            row.call_cost,
            row.call_duration_minutes,
          ],
          ["completed", "AI: Theirs.", { notes: "theirs" }, "0.3000", "2.00"],
        );
        const log = await rows.log(ids.request);
        assert.deepEqual(log.map(({ call_id, status }) => [call_id, status]), [[
          callId,
          "success",
        ]]);
        if (order.startsWith("theirs")) {
          assert.equal(log[0].detail, "A summary of theirs that is rather long.");
        }
        // And a report that comes after all of it.
        await save(ids, { status: "in_progress", callId });
        assert.deepEqual(await rows.provider(ids.provider), row);
      });
    }

    await test.step("both at the same moment", async () => {
      const calls = await Promise.all(
        Array.from(
          { length: 12 },
          async (_, i) => ({ ids: await rows.newProvider("CALLING"), callId: `moment-${i}` }),
        ),
      );
      await Promise.all(
        calls.flatMap(({ ids, callId }) => [theirs(ids, callId), save(ids, ours(callId))]),
      );
      for (const { ids, callId } of calls) {
        const { call_transcript, call_cost } = await rows.provider(ids.provider);
        assert.deepEqual([call_transcript, call_cost], ["AI: Theirs.", "0.3000"]);
        assert.deepEqual((await rows.log(ids.request)).map(({ call_id }) => call_id), [callId]);
      }
    });
  });
}

/** Their backend writes the same call into the provider's row and, once for each call, into the log. */
function theirWrites({ sql, hasTenancy }: Original) {
  return async (ids: { provider: string; request: string }, callId: string) => {
    await sql`
      update providers set call_status = 'completed', call_id = ${callId}, call_transcript = 'AI: Theirs.',
        call_result = '{"notes": "theirs"}', call_summary = 'A summary of theirs that is rather long.', call_method = 'kestra'
      where id = ${ids.provider}`;
    const row = {
      request_id: ids.request,
      step_name: "Call to First",
      detail: "A summary of theirs that is rather long.",
      status: "success",
      call_id: callId,
      ...hasTenancy && { org_id: ORGANIZATION },
    };
    await sql`insert into interaction_logs ${sql(row)} on conflict (call_id) do nothing`;
  };
}
