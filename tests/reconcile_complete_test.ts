import assert from "node:assert/strict";
import type { CallReport } from "../supabase/functions/_shared/report.ts";
import { isComplete } from "../supabase/functions/reconcile-calls/last_word.ts";
import { unanswered, voicemail } from "./fake_vapi/mod.ts";
import { MINUTE, startReconcileStack, summary } from "./support/reconcile.ts";
import { endOfCallReport, statusUpdate } from "./support/vapi_messages.ts";

Deno.test("an ending that lacks something is asked about, whatever its status and whoever reported it", async (test) => {
  await using stack = await startReconcileStack({ VAPI_WEBHOOK_TOKEN: "hook" });
  const { sql, place, report, later, reconcile, rowOf, postTo } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const send = async (message: unknown) => {
    const response = await postTo("vapi-webhook", message, { "X-Vapi-Secret": "hook" });
    assert.equal(response.status, 200, await response.text());
  };

  await test.step("the database and the reconciler agree on what is complete, whatever is there, absent, zero or empty", async () => {
    const reports = combinations();
    const rows = await sql`
      select private.is_complete(json_object(
        'call_cost' value r -> 'cost', 'started_at' value r -> 'started_at',
        'call_summary' value r -> 'summary',
        'call_result' value nullif(r -> 'structured_data', 'null')
        absent on null returning jsonb
      ), coalesce(r ->> 'transcript', '') ~ '\\S') as complete
      from jsonb_array_elements(${
      sql.json(reports as never)
    }) with ordinality as each (r, i) order by i`;
    assert.equal(rows.length, 1280);
    rows.forEach(({ complete }, i) => {
      assert.equal(isComplete(reports[i]), complete, JSON.stringify(reports[i]));
    });
    assert.equal(rows.filter(({ complete }) => complete).length, 480 + 8);
  });

  await test.step("structured outputs that come after the report", async () => {
    const call = await place({ createdAgo: 20 * MINUTE });
    await send(endOfCallReport(call, {
      analysis: { summary: "Friday." },
      artifact: { transcript: "AI: Hi\nUser: Yes, Friday.", structuredOutputs: {} },
    }));
    assert.equal((await rowOf(call)).call_result, null);
    await later(5);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    assert.equal((await rowOf(call)).call_result.availability, "available");
    await later(60);
    assert.deepEqual(await reconcile(), summary({}), "once");
  });

  await test.step("a report that is lost after an ending with an error: words and cost come all the same", async () => {
    const endedReason = "call.in-progress.error-vapifault-openai-llm-failed";
    const call = await place({ createdAgo: 20 * MINUTE, endedReason });
    await send(statusUpdate(call, "in-progress"));
    await send(statusUpdate(call, "ended", endedReason));
    assert.equal((await rowOf(call)).call_status, "failed");
    await later(4);
    assert.deepEqual(await reconcile(), summary({}), "not before five minutes");
    await later(1);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    const { call_status, call_transcript, call_cost } = await rowOf(call);
    assert.deepEqual([call_status, Number(call_cost)], ["failed", 0.21]);
    assert.match(call_transcript, /Thursday/);
  });

  for (
    const [script, startedAt] of [
      [unanswered("customer-busy"), undefined],
      [unanswered("customer-did-not-answer"), undefined],
      [unanswered("manually-canceled"), undefined],
      [unanswered("call.start.error-get-org"), undefined],
      [voicemail(), "2026-11-20T10:00:10Z"],
    ] as const
  ) {
    await test.step(`${script.endedReason}, of which nobody said the cost, once`, async () => {
      const call = await place({ ...script, createdAgo: 20 * MINUTE });
      await report(call, "completed", { endedReason: script.endedReason, startedAt });
      await later(5);
      const { checked, stillOpen } = await reconcile();
      assert.deepEqual([checked, stillOpen], [1, 0]);
      assert.equal(Number((await rowOf(call)).call_cost), script.cost);
      await later(24 * 60);
      assert.deepEqual(await reconcile(), summary({}));
    });
  }

  await test.step("what Vapi's API said last is not asked about again, whatever it lacks", async () => {
    const call = await place({ createdAgo: 20 * MINUTE, cost: 0, analysis: {} });
    await report(call, "completed", { startedAt: call.createdAt });
    await later(5);
    assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
    await later(24 * 60);
    assert.deepEqual(await reconcile(), summary({}));
  });
});

/** Reports with every combination of fields that are there, absent, zero or empty. */
function combinations(): CallReport[] {
  const texts = [undefined, "", " \n", "Words."];
  const data = [undefined, null, "", "\t", {}, [], 0, false, { rate: 90 }, "no"];
  const fields = {
    cost: [undefined, 0, 0.2, 3],
    started_at: [undefined, "2026-11-20T10:00:10.000Z"],
    transcript: texts,
    summary: texts,
    structured_data: data,
  };
  let reports: Record<string, unknown>[] = [{}];
  for (const [field, values] of Object.entries(fields)) {
    reports = reports.flatMap((report) => values.map((value) => ({ ...report, [field]: value })));
  }
  return reports as unknown as CallReport[];
}
