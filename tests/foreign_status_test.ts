import assert from "node:assert/strict";
import { startTestStack } from "./support/stack.ts";

Deno.test("a status that the application gave is left alone", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest } = testStack;
  await sql`alter type public.call_status add value 'booking_confirmed'`;
  await sql`alter type public.request_status add value 'booking'`;
  const { id, providers: [provider, other] } = await newRequest(2);
  const save = async (
    callId: string,
    status: string,
    more: Record<string, unknown> = {},
    providerId = provider,
  ) => {
    const callResult = { status, callId, createdAt: "2026-11-22T10:00:00Z", ...more };
    const response = await post({ providerId, serviceRequestId: id, callResult });
    assert.equal(response.status, 200, await response.clone().text());
    return await response.json();
  };
  const row = async () => (await sql`select * from providers where id = ${provider}`)[0];
  const requestStatus = async () => (await sql`select status from service_requests`)[0].status;
  await save("first", "completed");

  await test.step("a call's, whatever else is reported of that call, which is added", async () => {
    await sql`update providers set call_status = 'booking_confirmed' where id = ${provider}`;
    assert.equal((await save("first", "completed", { cost: 0.2 })).outcome, "enriched");
    await save("first", "failed", { endedReason: "pipeline-error" });
    const { call_status, call_cost } = await row();
    assert.deepEqual([call_status, call_cost], ["booking_confirmed", "0.2"]);
  });

  await test.step("it counts as a conversation of the request", async () => {
    await save("other", "no_answer", {}, other);
    assert.equal(await requestStatus(), "completed");
  });

  await test.step("where nobody knew of its call, too", async () => {
    await sql`delete from private.calls where provider_id = ${provider}`;
    await save("first", "in_progress", { cost: 0.1 });
    const { call_status, call_cost } = await row();
    assert.deepEqual([call_status, call_cost], ["booking_confirmed", "0.2"]);
  });

  await test.step("until there is a newer call", async () => {
    await save("older", "completed", { createdAt: "2026-11-22T09:00:00Z" });
    assert.equal((await row()).call_status, "booking_confirmed");
    await save("newer", "queued", { createdAt: "2026-11-22T11:00:00Z" });
    assert.equal((await row()).call_status, "queued");
  });

  await test.step("a request's, for good: what the answer says is what the row says", async () => {
    await sql`update service_requests set status = 'booking'`;
    assert.equal((await save("newer", "completed")).requestStatus, "booking");
    assert.equal(
      (await save("newest", "queued", { createdAt: "2026-11-22T12:00:00Z" })).requestStatus,
      "booking",
    );
    assert.equal(await requestStatus(), "booking");
  });
});
