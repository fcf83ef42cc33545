import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { MINUTE, type ReconcileStack, startReconcileStack } from "./support/reconcile.ts";
import { endOfCallReport } from "./support/vapi_messages.ts";

Deno.test("thousands of hopeless deliveries take nothing from what can be done", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, post, report, newRequest, later, reconcile } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const calls = [];
  for (let i = 0; i < 150; i++) calls.push(await place({ createdAgo: 20 * MINUTE }));
  for (const call of calls) await report(call, "queued");
  await later(13);
  await keepHopeless(stack, 3_700);
  const tried = async () =>
    (await sql`select sum(attempts - 1)::int as tried from rejected_call_results`)[0].tried;

  await test.step("a run makes all its checks, compares, and tries some of them", async () => {
    await place({ createdAgo: 20 * MINUTE });
    await sql`update private.discovery set next_at = now()`;
    const { checked, recovered, discovered } = await reconcile();
    assert.deepEqual([checked, recovered, discovered], [150, 150, 1]);
    assert.equal(await tried(), 25);
    assert(vapi.requests.some(({ path }) => path.startsWith("/call?")));
  });

  await test.step("what somebody corrected, and what has just come, is tried before them", async () => {
    const { id, providers: [provider] } = await newRequest();
    const { timeout } = originalBodies(provider, id);
    const { rejectedId } = await (await post({ ...timeout, providerId: "P-7" })).json();
    await sql`update rejected_call_results set payload = ${sql.json(timeout)}
      where id = ${rejectedId}`;
    assert.equal((await reconcile()).replayed, 1);
  });

  await test.step("and of those that were refused less often first", async () => {
    for (let i = 0; i < 3; i++) await reconcile();
    const [{ most }] = await sql`select max(attempts) as most from rejected_call_results`;
    assert.equal(most, 2, "none a second time, while others wait for their first");
  });
});

Deno.test("a delivery that is refused ten times for the same reason rests until there is a reason to try it", async (test) => {
  await using stack = await startReconcileStack({ VAPI_WEBHOOK_TOKEN: "hook" });
  const { sql, post, postTo, place, newRequest, later, reconcile } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const rowOf = async (id: string) =>
    (await sql`select * from rejected_call_results where id = ${id}`)[0];
  const rejectedBy = async (response: Response): Promise<string> =>
    (await response.json()).rejectedId;
  const refuse = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await later(60);
      await reconcile();
    }
  };
  const { id, providers: [provider] } = await newRequest();
  const wrong = await rejectedBy(
    await post(originalBodies(provider, crypto.randomUUID()).success),
  );

  await test.step("it costs no attempt then, and stays open", async () => {
    await refuse(9);
    assert.equal((await rowOf(wrong)).attempts, 10);
    assert(Number.isFinite((await rowOf(wrong)).next_attempt_at.getTime()), "one more");
    await refuse(3);
    const { attempts, resolved_at, code } = await rowOf(wrong);
    assert.deepEqual([attempts, resolved_at, code], [11, null, "wrong_request"]);
    const [{ rejected_open }] = await sql`select rejected_open from call_health`;
    assert.equal(rejected_open, "1");
  });

  await test.step("next_attempt_at wakes it, for as many attempts", async () => {
    await sql`update rejected_call_results set next_attempt_at = now() where id = ${wrong}`;
    await reconcile();
    assert.equal((await rowOf(wrong)).attempts, 12);
    await refuse(12);
    assert.equal((await rowOf(wrong)).attempts, 21);
  });

  await test.step("and so does its payload", async () => {
    const { success } = originalBodies(provider, id);
    await sql`update rejected_call_results set payload = ${sql.json(success)} where id = ${wrong}`;
    assert.equal((await reconcile()).replayed, 1);
  });

  await test.step("another reason counts anew", async () => {
    const { success } = originalBodies(crypto.randomUUID(), id);
    const row = await rejectedBy(await post(success));
    await refuse(9);
    await sql`update rejected_call_results
      set code = 'wrong_call', refusals = 9 where id = ${row}`;
    await refuse(3);
    assert.equal((await rowOf(row)).attempts, 13);
    await sql`delete from rejected_call_results where id = ${row}`;
  });

  await test.step("the provider that it names wakes it when it comes to be, whichever way the delivery came", async () => {
    const missing = Array.from({ length: 3 }, () => crypto.randomUUID());
    await rejectedBy(await post(originalBodies(missing[0], id).success));
    const placed = { callId: crypto.randomUUID(), providerId: missing[1], serviceRequestId: id };
    await rejectedBy(
      await postTo("vapi-webhook", endOfCallReport(placed), { "X-Vapi-Secret": "hook" }),
    );
    await sql`insert into providers (id, request_id, name) values (${missing[2]}, ${id}, 'Gone')`;
    await place({ createdAgo: 20 * MINUTE }, { providerId: missing[2], serviceRequestId: id });
    await sql`delete from providers where id = ${missing[2]}`;
    await sql`update private.discovery set next_at = now()`;
    await reconcile();
    await sql`update private.discovery set next_at = 'infinity'`;
    await refuse(11);
    const resting = await sql`
      select distinct next_attempt_at::text, waits_for::text from rejected_call_results
      where resolved_at is null order by 2`;
    assert.deepEqual(
      resting.map(({ next_attempt_at, waits_for }) => [next_attempt_at, waits_for]),
      missing.toSorted().map((id) => ["infinity", id]),
    );
    for (const provider of missing) {
      await sql`insert into providers (id, request_id, name) values (${provider}, ${id}, 'Late')`;
    }
    assert.equal((await reconcile()).replayed, 3);
    const rows = await sql`select call_status from providers where id in ${sql(missing)}`;
    assert.deepEqual(rows.map(({ call_status }) => call_status), Array(3).fill("completed"));
  });
});

Deno.test("a row that somebody holds keeps no run from the others", async (test) => {
  await using stack = await startReconcileStack({ ALERT_WEBHOOK_URL: "http://127.0.0.1:1" });
  const { sql, place, report, later, reconcile, rowOf } = stack;
  await reconcile();
  const calls = [];
  for (let i = 0; i < 6; i++) calls.push(await place({ createdAgo: 20 * MINUTE }));
  for (const call of calls) await report(call, "queued");
  await keepHopeless(stack, 3);
  await later(60);
  await sql`update private.reconcile_runs set alert = 'An alert.', started_at = now() - interval '31 days'`;
  const holding = async (
    hold: (held: typeof sql) => Promise<unknown>,
    then: () => Promise<void>,
  ) => {
    const held = await sql.reserve();
    try {
      await held`begin`;
      await hold(held as unknown as typeof sql);
      await then();
    } finally {
      await held`rollback`;
      held.release();
    }
  };
  const [first, ...others] = calls;

  await test.step("a provider, the state of the comparison, rejected deliveries and earlier runs", async () => {
    await holding(async (held) => {
      await held`select from providers where id = ${first.providerId} for update`;
      await held`select from private.discovery for update`;
      await held`update private.reconcile_runs set alerted_at = null where true`;
      await held`select from rejected_call_results for update`;
    }, async () => {
      const { checked, recovered, stillOpen } = await reconcile();
      assert.deepEqual([checked, recovered, stillOpen], [6, 5, 1]);
    });
    assert.equal((await rowOf(first)).call_status, "queued");
    for (const call of others) assert.equal((await rowOf(call)).call_status, "completed");
    const [{ last_run }] = await sql`select last_run from call_health`;
    assert.equal(last_run.recovered, 5);
  });

  await test.step("afterwards that one is saved, too", async () => {
    await later(60);
    assert.equal((await reconcile()).recovered, 1);
  });
});

/** Keeps deliveries of some days ago for providers that are not there, due at once. */
async function keepHopeless({ sql }: ReconcileStack, count: number): Promise<void> {
  const { success } = originalBodies(crypto.randomUUID(), crypto.randomUUID());
  await sql`
    insert into rejected_call_results (source, code, payload, received_at, next_attempt_at, delivery_digest)
    select 'kestra', 'unknown_provider',
      ${sql.json(success)}::jsonb || jsonb_build_object('providerId', gen_random_uuid()),
      now() - interval '3 days', now() - interval '1 hour', sha256(i::text::bytea)
    from generate_series(1, ${count}::int) i`;
}
