import assert from "node:assert/strict";
import {
  answered,
  type CallScript,
  startFakeVapi,
  unanswered,
  voicemail,
} from "./fake_vapi/mod.ts";
import { startWebhookStack, WEBHOOK_TOKEN } from "./support/webhook.ts";

Deno.test("calls that Vapi alone reports, without Kestra, walk their providers to the end", async () => {
  await using testStack = await startWebhookStack();
  const { sql, stack, newRequest } = testStack;
  const { id, providers } = await newRequest(3);
  const scripts: CallScript[] = [answered(), voicemail(), unanswered("customer-busy")];
  await using vapi = startFakeVapi({
    script: ({ customer }) => scripts[Number(customer?.number?.at(-1))],
  });

  for (const [i, providerId] of providers.entries()) {
    const response = await fetch(`${vapi.url}/call`, {
      method: "POST",
      headers: { Authorization: `Bearer ${vapi.token}` },
      body: JSON.stringify({
        phoneNumberId: "9c0bc080-2879-43ca-a7a2-59990d345120",
        customer: { number: `+1555010000${i}` },
        assistant: {
          metadata: { providerId, serviceRequestId: id },
          server: {
            url: `${stack.url}/functions/v1/vapi-webhook`,
            headers: { Authorization: `Bearer ${WEBHOOK_TOKEN}` },
          },
        },
      }),
    });
    assert.equal(response.status, 201);
    await response.body?.cancel();
  }
  const messages = 4 + 4 + 3;
  while (vapi.deliveries.length < messages) await new Promise((resolve) => setTimeout(resolve, 20));

  assert.deepEqual(vapi.deliveries.map(({ status }) => status), Array(messages).fill(200));
  const logs = await sql`
    select provider_id, array_agg(call_status order by call_status) as statuses
    from interaction_logs where request_id = ${id} group by provider_id`;
  const statusesOf = new Map(logs.map((log) => [log.provider_id, log.statuses]));
  assert.deepEqual(providers.map((provider) => statusesOf.get(provider)), [
    ["queued", "in_progress", "completed"],
    ["queued", "in_progress", "voicemail"],
    ["queued", "busy"],
  ]);
  const rows = await sql`select * from providers where request_id = ${id} order by name`;
  assert.deepEqual(rows.map((row) => [row.call_status, row.call_method, row.call_id]), [
    ["completed", "direct_vapi", vapi.calls[0].id],
    ["voicemail", "direct_vapi", vapi.calls[1].id],
    ["busy", "direct_vapi", vapi.calls[2].id],
  ]);
  assert.equal(rows[0].call_summary, answered().analysis.summary);
  const [request] = await sql`select status from service_requests where id = ${id}`;
  assert.equal(request.status, "completed");
});
