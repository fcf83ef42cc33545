import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { startReconcileStack } from "./support/reconcile.ts";
import { endOfCallReport } from "./support/vapi_messages.ts";

Deno.test("what was rejected is tried again until it can be applied", async (test) => {
  await using stack = await startReconcileStack({ VAPI_WEBHOOK_TOKEN: "hook" });
  const { sql, post, postTo, newRequest, later, reconcile } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const rejectedBy = async (response: Response) => {
    const { rejectedId } = await response.json();
    assert(rejectedId);
    return async () => {
      const [row] = await sql`select * from rejected_call_results where id = ${rejectedId}`;
      return row;
    };
  };
  const replay = async () => {
    const { replayed, rejectedOpen } = await reconcile();
    return { replayed, rejectedOpen };
  };
  const insertProvider = (id: string, requestId: string) =>
    sql`insert into providers (id, request_id, name) values (${id}, ${requestId}, 'Late')`;

  await test.step("an unknown provider, inserted afterwards: applied by the next due run", async () => {
    const { id } = await newRequest(0);
    const provider = crypto.randomUUID();
    const row = await rejectedBy(await post(originalBodies(provider, id).success));
    assert.deepEqual(await replay(), { replayed: 0, rejectedOpen: 1 }, "not due yet");
    assert.equal((await row()).attempts, 1);
    await insertProvider(provider, id);
    await later(2);
    assert.deepEqual(await replay(), { replayed: 1, rejectedOpen: 0 });
    const { attempts, resolved_at, resolution } = await row();
    assert.equal(attempts, 2);
    assert(resolved_at);
    assert.equal(resolution, "Tried again by reconcile-calls: applied.");
    const [{ call_status, call_summary }] =
      await sql`select * from providers where id = ${provider}`;
    assert.deepEqual([call_status, call_summary], ["completed", "Free on Friday at nine."]);
    await later(60);
    assert.deepEqual(await replay(), { replayed: 0, rejectedOpen: 0 });
  });

  await test.step("a payload that was corrected in Studio is applied by the next run, whenever it was due", async () => {
    const { id, providers: [provider] } = await newRequest();
    const body = { ...originalBodies(provider, id).timeout, providerId: "P-7" };
    const row = await rejectedBy(await post(body));
    await sql`
      update rejected_call_results
      set payload = jsonb_set(payload, '{providerId}', to_jsonb(${provider}::text))
      where id = ${(await row()).id}`;
    assert.deepEqual(await replay(), { replayed: 1, rejectedOpen: 0 });
    assert.equal((await row()).resolution, "Tried again by reconcile-calls: applied.");
  });

  await test.step("text that is no JSON may be corrected as text, or replaced by JSON", async () => {
    const { id, providers: [provider] } = await newRequest();
    const whole = JSON.stringify(originalBodies(provider, id).error);
    const row = await rejectedBy(await post(whole.slice(0, -1)));
    assert.equal((await row()).code, "invalid_json");
    await later(2);
    assert.deepEqual(await replay(), { replayed: 0, rejectedOpen: 1 });
    await sql`update rejected_call_results set payload = to_jsonb(${whole}::text)
      where id = ${(await row()).id}`;
    assert.deepEqual(await replay(), { replayed: 1, rejectedOpen: 0 });
  });

  await test.step("one that stays wrong stays, with its attempts counted and its newest reason", async () => {
    const { id, providers: [provider] } = await newRequest();
    const row = await rejectedBy(await post(originalBodies(crypto.randomUUID(), id).success));
    assert.equal((await row()).code, "unknown_provider");
    await sql`
      update rejected_call_results
      set payload = payload || ${
      sql.json({ providerId: provider, serviceRequestId: crypto.randomUUID() })
    }
      where id = ${(await row()).id}`;
    for (const [passed, attempts] of [[0, 2], [3, 2], [1, 3], [7, 3], [1, 4]]) {
      await later(passed);
      assert.deepEqual(await replay(), { replayed: 0, rejectedOpen: 1 });
      assert.equal((await row()).attempts, attempts, `after ${passed} minutes`);
    }
    assert.equal((await row()).code, "wrong_request");
    assert.match(JSON.stringify((await row()).issues), /belongs to another request/);
    assert.equal((await row()).resolved_at, null);
    await sql`update rejected_call_results set resolved_at = now(), resolution = 'Dismissed.'
      where id = ${(await row()).id}`;
    await later(60);
    assert.deepEqual(await replay(), { replayed: 0, rejectedOpen: 0 });
  });

  await test.step("the Idempotency-Key of a delivery comes with it", async () => {
    const { id } = await newRequest(0);
    const provider = crypto.randomUUID();
    const { error } = originalBodies(provider, id);
    await rejectedBy(await post(error, { "Idempotency-Key": "run-7" }));
    await insertProvider(provider, id);
    await later(2);
    assert.equal((await reconcile()).replayed, 1);
    assert.equal(
      (await (await post(error, { "Idempotency-Key": "run-7" })).json()).outcome,
      "duplicate",
    );
  });

  await test.step("a message of Vapi's takes the same way again", async () => {
    const { id } = await newRequest(0);
    const placed = {
      callId: crypto.randomUUID(),
      providerId: crypto.randomUUID(),
      serviceRequestId: id,
    };
    const sent = await postTo("vapi-webhook", endOfCallReport(placed), { "X-Vapi-Secret": "hook" });
    const row = await rejectedBy(sent);
    assert.equal((await row()).code, "unknown_provider");
    await insertProvider(placed.providerId, id);
    await later(2);
    assert.deepEqual(await replay(), { replayed: 1, rejectedOpen: 0 });
    const [provider] = await sql`select * from providers where id = ${placed.providerId}`;
    assert.equal(provider.call_status, "completed");
    assert.equal(provider.call_summary, "They can come tomorrow at nine.");
    const [log] =
      await sql`select * from interaction_logs where provider_id = ${placed.providerId}`;
    assert.equal(log.source, "vapi_webhook");
    assert.equal(log.transcript.length, 2);
  });

  await test.step("a message of which nothing would be saved stays open", async () => {
    const placed = { callId: crypto.randomUUID(), providerId: crypto.randomUUID() };
    const report = endOfCallReport({ ...placed, serviceRequestId: crypto.randomUUID() });
    const row = await rejectedBy(await postTo("vapi-webhook", report, { "X-Vapi-Secret": "hook" }));
    await sql`update rejected_call_results set payload = '{"message": {"type": "end-of-call"}}'
      where id = ${(await row()).id}`;
    assert.deepEqual(await replay(), { replayed: 0, rejectedOpen: 1 });
    assert.match(JSON.stringify((await row()).issues), /message_type/);
    await sql`delete from rejected_call_results where resolved_at is null`;
  });

  await test.step("of what only a digest was kept, nothing is tried until it is corrected", async () => {
    const row = await rejectedBy(await postTo("vapi-webhook", "{", { "X-Vapi-Secret": "hook" }));
    await later(60);
    assert.deepEqual(await replay(), { replayed: 0, rejectedOpen: 1 });
    const { attempts, code } = await row();
    assert.deepEqual([attempts, code], [1, "invalid_json"]);
    await sql`delete from rejected_call_results where resolved_at is null`;
  });

  await test.step("two runs at once try each of many once", async () => {
    const { id } = await newRequest(0);
    const missing = Array.from({ length: 40 }, () => crypto.randomUUID());
    for (const provider of missing) {
      await rejectedBy(await post(originalBodies(provider, id).error));
    }
    await later(2);
    const runs = await Promise.all([reconcile(), reconcile()]);
    assert.deepEqual(runs.map(({ replayed }) => replayed), [0, 0]);
    const attempts = await sql`
      select distinct attempts from rejected_call_results where resolved_at is null`;
    assert.deepEqual(attempts.map((row) => row.attempts), [2]);
  });
});
