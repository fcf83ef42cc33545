import assert from "node:assert/strict";
import { assertNoDeadlock } from "./support/crowd.ts";
import { MINUTE, startReconcileStack } from "./support/reconcile.ts";
import { endOfCallReport } from "./support/vapi_messages.ts";

Deno.test("twenty providers of one request finish at once, told by Kestra, the webhook and two runs of the reconciler", async () => {
  await using stack = await startReconcileStack({ VAPI_WEBHOOK_TOKEN: "hook" });
  const { sql, newRequest, place, report, later, reconcile, postTo } = stack;
  const { id, providers } = await newRequest(20);
  const calls = await Promise.all(
    providers.map((providerId) =>
      place({ createdAgo: 20 * MINUTE }, { providerId, serviceRequestId: id })
    ),
  );
  for (const call of calls) await report(call, "queued");
  await later(13);

  const told = await Promise.all([
    ...calls.map((call) =>
      postTo("vapi-webhook", endOfCallReport(call), { "X-Vapi-Secret": "hook" })
    ),
    ...calls.map((call) => report(call, "completed", { endedReason: "customer-ended-call" })),
    reconcile(),
    reconcile(),
  ]);
  for (const response of told) {
    if (response instanceof Response) assert.equal(response.status, 200, await response.text());
  }

  const [request] = await sql`select status from service_requests where id = ${id}`;
  assert.equal(request.status, "completed");
  const rows = await sql`select * from providers where request_id = ${id}`;
  // Who was asked about after the webhook had told all was not asked about.
  const byWebhook = "customer-ended-call 0.0931 They can come tomorrow at nine.";
  const byApi = "assistant-ended-call 0.21 The provider can come on Thursday at ten.";
  for (const { call_status, call_ended_reason, call_cost, call_summary } of rows) {
    assert.equal(call_status, "completed");
    const said = `${call_ended_reason} ${call_cost} ${call_summary}`;
    assert([byWebhook, byApi].includes(said), said);
  }
  const logs = await sql`select call_id, count(*)::int from interaction_logs group by call_id`;
  assert.deepEqual(logs.map(({ count }) => count), Array(20).fill(2));
  await assertNoDeadlock(stack);
});
