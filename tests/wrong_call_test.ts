import assert from "node:assert/strict";
import { type PlacedCall, startReconcileStack } from "./support/reconcile.ts";
import { endOfCallReport, staleCall, statusUpdate } from "./support/vapi_messages.ts";

const HOUR = 3_600_000;

Deno.test("a call goes to the provider that Vapi's own metadata names, or to nobody, whoever claimed it before", async (test) => {
  await using stack = await startReconcileStack({ VAPI_WEBHOOK_TOKEN: "hook" });
  const { sql, post, postTo, newRequest, place, report, later, reconcile, rowOf } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const send = (body: unknown) => postTo("vapi-webhook", body, { "X-Vapi-Secret": "hook" });

  /** A call to one provider, and the same call as somebody says that it was to another. */
  async function claimed(): Promise<{ call: PlacedCall; claim: PlacedCall }> {
    const call = await place({ createdAgo: HOUR });
    const { id, providers: [providerId] } = await newRequest();
    return { call, claim: { ...call, providerId, serviceRequestId: id } };
  }

  async function assertRefused(response: Response) {
    const problem = await response.json();
    assert.equal(response.status, 409, JSON.stringify(problem));
    assert.equal(problem.code, "wrong_call");
    assert(problem.rejectedId);
    const [row] = await sql`select * from rejected_call_results where id = ${problem.rejectedId}`;
    assert.equal(row.code, "wrong_call");
  }

  async function openRows() {
    return await sql`select * from rejected_call_results where resolved_at is null`;
  }

  /** Nothing of the call has reached who claimed it, and its result waits; freed, it goes where it belongs. */
  async function assertKeptForItsProvider(call: PlacedCall, claim: PlacedCall) {
    const { call_status, call_transcript, call_summary } = await rowOf(claim);
    assert.deepEqual([call_status, call_transcript, call_summary], ["queued", null, null]);
    assert.equal((await rowOf(call)).call_status, null);
    const logs = await sql`select from interaction_logs where call_id = ${call.callId}`;
    assert.equal(logs.length, 1);

    await later(2);
    assert.equal((await reconcile()).rejectedOpen, 1, "it is refused as long as the claim stands");
    assert.equal((await openRows())[0].code, "wrong_call");

    await free(call.callId);
    await later(60);
    assert.equal((await reconcile()).rejectedOpen, 0);
    const row = await rowOf(call);
    assert.equal(row.call_status, "completed");
    assert(row.call_transcript);
    assert.deepEqual([(await rowOf(claim)).call_status, (await rowOf(claim)).call_transcript], [
      null,
      null,
    ]);
  }

  /** As docs/operations.md says. */
  async function free(callId: string) {
    const page = await Deno.readTextFile(new URL("../docs/operations.md", import.meta.url));
    const [, statements] = /```sql\n(-- A wrong claim[^]*?)```/.exec(page)!;
    await sql.unsafe(statements.replaceAll("THE_CALL_ID", callId));
  }

  await test.step("the webhook's report is refused and kept, and applied once the claim is gone", async () => {
    const { call, claim } = await claimed();
    await report(claim, "queued");
    await sql`update private.calls set next_check_at = 'infinity'`;
    await assertRefused(await send(statusUpdate(call, "in-progress")));
    await sql`delete from rejected_call_results`;
    await assertRefused(await send(endOfCallReport(call)));
    await assertKeptForItsProvider(call, claim);
  });

  await test.step("so is what Vapi's API says of it when it is asked", async () => {
    const { call, claim } = await claimed();
    await report(claim, "queued");
    await later(13);
    assert.equal((await reconcile()).recovered, 0);
    await sql`update private.calls set next_check_at = 'infinity'`;
    assert.equal((await openRows())[0].source, "vapi_api");
    await assertKeptForItsProvider(call, claim);
  });

  await test.step("a claim that comes after Vapi's word is refused and kept", async () => {
    const { call, claim } = await claimed();
    assert.equal((await send(endOfCallReport(call))).status, 200);
    await assertRefused(
      await post({ ...claim, callResult: { status: "completed", callId: call.callId } }),
    );
    assert.equal((await rowOf(call)).call_status, "completed");
    assert.equal((await rowOf(claim)).call_status, null);
  });

  await test.step("an external id is a word, too, if it is another provider's, and no word if it is nobody's", async () => {
    const { call, claim } = await claimed();
    await report(claim, "queued");
    const externalCall = (externalId: string) => ({
      ...staleCall(call),
      assistantOverrides: {},
      customer: { externalId },
    });
    await assertRefused(
      await send(endOfCallReport(call, { call: externalCall(call.providerId) })),
    );
    const anything = endOfCallReport(call, { call: externalCall(crypto.randomUUID()) });
    const answer = await (await send(anything)).json();
    assert.deepEqual([answer.outcome, answer.providerId], ["applied", claim.providerId]);
  });

  await test.step("a provider's id is the same in any case", async () => {
    const call = await place();
    await report(call, "queued");
    const shouted = endOfCallReport({ ...call, providerId: call.providerId.toUpperCase() });
    const response = await send(shouted);
    assert.equal(response.status, 200, await response.text());
    assert.equal((await rowOf(call)).call_status, "completed");
  });
});
