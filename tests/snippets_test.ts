import assert from "node:assert/strict";
import { MINUTE, startReconcileStack } from "./support/reconcile.ts";

/** Where a person puts an id. */
const emptyCall = /''(?=, -- the call's id)/;
const emptyProvider = /''(?= -- the provider's id)/;

const folder = new URL("../supabase/snippets/", import.meta.url);

Deno.test("the saved queries for Studio answer the operator's questions", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, place, report, later, post, reconcile } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const ask = async (name: string, change = (query: string) => query) =>
    await sql.unsafe(change(await Deno.readTextFile(new URL(`${name}.sql`, folder))));

  const recovered = await place({ createdAgo: 20 * MINUTE });
  await report(recovered, "queued");
  await later(13);
  await reconcile();
  const stuck = await place({ createdAgo: 30 * MINUTE });
  await report(stuck, "in_progress");
  const lost = await place();
  await report(lost, "timeout");
  assert.equal((await post("{")).status, 400);

  await test.step("what happened to this call", async () => {
    const { callId, providerId } = recovered;
    const ids: [RegExp, string][] = [[emptyCall, callId], [emptyProvider, providerId]];
    for (const [empty, id] of ids) {
      const steps = await ask(
        "what_happened_to_this_call",
        (query) => query.replace(empty, `'${id}'`),
      );
      assert.deepEqual(steps.map(({ what, source }) => `${what} ${source ?? ""}`.trim()), [
        "created",
        "logged queued kestra",
        "logged completed vapi_api",
        "known queued kestra",
        "known completed vapi_api",
      ]);
    }
  });

  await test.step("without an id it says where to put one", async () => {
    const steps = await ask("what_happened_to_this_call");
    assert.deepEqual(steps.map(({ what }) => what), ["no id: put one between the quotes above"]);
  });

  await test.step("or to one whose result was rejected", async () => {
    const callId = "rejected-call";
    await post({ providerId: "?", serviceRequestId: "?", callResult: { status: "busy", callId } });
    const steps = await ask(
      "what_happened_to_this_call",
      (query) => query.replace(emptyCall, `'${callId}'`),
    );
    assert.deepEqual(steps.map(({ what }) => what), ["rejected invalid_payload"]);
    await sql`delete from rejected_call_results where payload ? 'providerId'`;
  });

  await test.step("what is stuck", async () => {
    const rows = await ask("what_is_stuck");
    assert.deepEqual(rows.map(({ call_id }) => call_id), [stuck.callId, lost.callId]);
  });

  await test.step("calls by day and status", async () => {
    const rows = await ask("calls_by_day_and_status");
    assert.deepEqual(rows.map((row) => [row.call_status, row.calls, row.from_reconciler]), [
      ["timeout", "1", "0"],
      ["completed", "1", "1"],
    ]);
  });

  await test.step("which deliveries are open", async () => {
    const rows = await ask("open_rejected_results");
    assert.deepEqual(rows.map((row) => [row.code, row.payload]), [["invalid_json", "{"]]);
  });

  await test.step("text that is no JSON is made an object again as docs/operations.md says", async () => {
    const guide = await Deno.readTextFile(new URL("../../docs/operations.md", folder));
    const [, correct] = /```sql\n(update rejected_call_results[^]*?)```/.exec(guide)!;
    const { id, providers: [providerId] } = await stack.newRequest();
    const callResult = { status: "busy", callId: crypto.randomUUID() };
    const body = JSON.stringify({ providerId, serviceRequestId: id, callResult });
    const { rejectedId } = await (await post(body.replace('"busy"', "busy"))).json();
    await sql.unsafe(
      correct.replace("WRONG", ":busy").replace("RIGHT", ':"busy"').replace("ID", rejectedId),
    );
    const [{ payload }] = await sql`
      select payload from rejected_call_results where id = ${rejectedId}`;
    assert.equal(payload.callResult.status, "busy");
    await reconcile();
    const [{ resolution }] = await sql`
      select resolution from rejected_call_results where id = ${rejectedId}`;
    assert.equal(resolution, "Tried again by reconcile-calls: applied.");
  });

  await test.step("none was left out here", () => {
    const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(files, [
      "calls_by_day_and_status.sql",
      "open_rejected_results.sql",
      "what_happened_to_this_call.sql",
      "what_is_stuck.sql",
    ]);
  });
});
