import assert from "node:assert/strict";
import { problem } from "./fake_vapi/mod.ts";
import { MINUTE, startReconcileStack, summary } from "./support/reconcile.ts";

const DAY = 24 * 60 * MINUTE;

Deno.test("the comparison goes as far back as Vapi keeps calls, and new calls are compared whatever it refuses", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, later, reconcile, rowOf } = stack;
  const lists = () =>
    vapi.requests.filter(({ path }) => path.startsWith("/call?"))
      .map(({ path }) => new URL(path, vapi.url).searchParams);
  const daysAsked = () =>
    lists().map((query) => (Date.now() - Date.parse(query.get("createdAtGe")!)) / DAY);
  const nextHour = async () => {
    vapi.requests.length = 0;
    await later(60);
    const counts = await reconcile();
    return { counts, days: daysAsked().map((days) => Number(days.toFixed(2))) };
  };
  const problems = async () =>
    (await sql`select last_run -> 'problems' as problems from call_health`)[0].problems;

  await test.step("within 13 days of the usual 14", async () => {
    await place({ createdAgo: 12 * DAY, scheduledFor: 12 * DAY - 20 * MINUTE });
    const { counts, days } = await nextHour();
    assert.deepEqual([counts, days], [summary({ discovered: 1 }), [13]]);
  });

  await test.step("within what it says that it keeps", async () => {
    vapi.plan.days = 7;
    const call = await place({ createdAgo: 5 * DAY, scheduledFor: 5 * DAY - 20 * MINUTE });
    const { counts, days } = await nextHour();
    assert.deepEqual([counts, days], [summary({ discovered: 1 }), [13, 6]]);
    assert.equal((await rowOf(call)).call_status, "completed");
    assert.deepEqual(await problems(), []);
  });

  await test.step("within less and less, where it does not say", async () => {
    Object.assign(vapi.plan, { days: 2, isSaid: false });
    await place({ createdAgo: DAY, scheduledFor: DAY - 20 * MINUTE });
    const { counts, days } = await nextHour();
    assert.deepEqual([counts, days], [summary({ discovered: 1 }), [13, 6.5, 3.25, 1.63]]);
  });

  await test.step("and without an error where it had come farther than that", async () => {
    const back = new Date(Date.now() - 10 * DAY);
    await sql`update private.discovery set compared_back_to = ${back}, began_at = now()`;
    assert.deepEqual((await nextHour()).counts, summary({}));
    assert.deepEqual(await problems(), []);
    await place({ createdAgo: 20 * MINUTE });
    assert.deepEqual((await nextHour()).counts, summary({ discovered: 1 }));
  });

  await test.step("what is refused however little is asked for is trouble, and the next try is not at once", async () => {
    vapi.listFaults.push(...Array(20).fill(problem(400, "Bad Request", "A secret transcript")));
    assert.deepEqual((await nextHour()).counts, summary({}));
    assert.deepEqual(await problems(), ["HTTP 400"]);
    vapi.listFaults.length = 0;
    assert.deepEqual((await nextHour()).counts, summary({}));
  });

  await test.step("a page that cannot be had for an hour keeps no new call from being found", async () => {
    Object.assign(vapi.plan, { days: 14, isSaid: true });
    await later(60);
    for (let i = 0; i < 30; i++) await place({ createdAgo: (30 + i) * MINUTE });
    const refusals = [problem(500, "", ""), problem(500, "", "")];
    vapi.listFaults.push(undefined!, ...refusals);
    assert.equal((await reconcile()).discovered, 24, "the first page, with one that is known");
    const newer = await place({ createdAgo: 20 * MINUTE });
    await later(5);
    vapi.listFaults.push(...refusals);
    await reconcile();
    assert.equal((await rowOf(newer)).call_status, null, "it goes on where it failed");
    await sql`update private.discovery set began_at = began_at - interval '61 minutes'`;
    await later(5);
    vapi.listFaults.push(...refusals);
    await reconcile();
    await later(5);
    vapi.listFaults.push(undefined!, ...refusals);
    await reconcile();
    assert.equal((await rowOf(newer)).call_status, "completed");
  });

  assert(!stack.stack.functionLogs.join().includes("secret"));
});

Deno.test("what Vapi does not keep any more is given up by its own name", async () => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile, rowOf } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const turns = [{ role: "user" as const, message: "A secret transcript" }];
  const old = await place({ createdAgo: 15 * DAY, turns });
  const ended = await place({ createdAgo: 15 * DAY, turns });
  const odd = await place({ getFaults: Array(9).fill(problem(400, "Bad Request", "No such id")) });
  await report(old, "in_progress");
  await report(ended, "completed");
  await report(odd, "in_progress");
  await later(23 * 60);
  assert.deepEqual(await reconcile(), summary({ checked: 3, stillOpen: 3 }));
  await later(61);
  assert.deepEqual(await reconcile(), summary({ checked: 3, gaveUp: 2 }));
  assert.match((await rowOf(old)).call_error, /^Given up: Vapi does not keep calls for so long/);
  assert.match((await rowOf(odd)).call_error, /^Given up: Vapi does not have this call/);
  assert.equal((await rowOf(ended)).call_status, "completed");
  const [{ problems }] = await sql`
    select array_agg(distinct problem order by problem) as problems
    from private.reconcile_runs, unnest(problems) as problem`;
  assert.deepEqual(problems, ["HTTP 400", "HTTP 400: Vapi does not keep calls for so long"]);
  await later(24 * 60);
  assert.deepEqual(await reconcile(), summary({}));
  assert(!stack.stack.functionLogs.join().includes("secret"));
  assert.equal(vapi.requests.filter(({ status }) => status === 400).length, 6);
});

Deno.test("what was found and could not be applied is kept, and applied when Vapi has it no more", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, later, reconcile, rowOf } = stack;

  await test.step("with what was said", async () => {
    const call = await place({ createdAgo: 20 * MINUTE });
    await sql`delete from providers where id = ${call.providerId}`;
    assert.equal((await reconcile()).rejectedOpen, 1);
    const [{ payload, vapi_call }] = await sql`select * from rejected_call_results`;
    assert.deepEqual(Object.keys(payload).sort(), ["callId", "providerId", "serviceRequestId"]);
    assert.match(vapi_call.artifact.transcript, /Thursday/);
    assert.equal(vapi_call.assistant.model, undefined, "the named fields alone");
    vapi.calls.pop();
    await sql`insert into providers (id, request_id, name)
      values (${call.providerId}, ${call.serviceRequestId}, 'Back')`;
    await later(2);
    assert.equal((await reconcile()).replayed, 1);
    const { call_status, call_transcript, call_cost } = await rowOf(call);
    assert.deepEqual([call_status, Number(call_cost)], ["completed", 0.21]);
    assert.match(call_transcript, /Thursday/);
  });

  await test.step("but Vapi is asked first, and what it says then is kept", async () => {
    const call = await place({ createdAgo: MINUTE, endsAfter: undefined });
    await sql`delete from providers where id = ${call.providerId}`;
    await later(60);
    assert.equal((await reconcile()).rejectedOpen, 1);
    const kept = async () =>
      (await sql`select vapi_call from rejected_call_results where resolved_at is null`)[0]
        .vapi_call;
    assert.equal((await kept()).status, "in-progress");
    vapi.calls.at(-1)!.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await later(2);
    assert.equal((await reconcile()).replayed, 0);
    assert.equal((await kept()).status, "ended");
    vapi.plan.days = 0;
    await sql`insert into providers (id, request_id, name)
      values (${call.providerId}, ${call.serviceRequestId}, 'Back')`;
    await later(4);
    assert.equal((await reconcile()).replayed, 1);
    assert.equal((await rowOf(call)).call_status, "completed");
  });
});

Deno.test("before Vapi forgets what is still wanted of it, the operator is told, once a day", async (test) => {
  const received: string[] = [];
  await using hook = Deno.serve({ port: 0, onListen: () => {} }, async (request) => {
    received.push((await request.json()).text);
    return new Response();
  });
  await using stack = await startReconcileStack({
    ALERT_WEBHOOK_URL: `http://127.0.0.1:${hook.addr.port}`,
    VAPI_WEBHOOK_TOKEN: "hook",
  });
  const { sql, place, report, reconcile, postTo } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  const expiring = async () => Number((await sql`select expiring from call_health`)[0].expiring);
  const told = async () => {
    received.length = 0;
    await reconcile();
    return received.join().match(/two days.*: (\d+)\.$/m)?.[1];
  };

  await test.step("of calls that are asked about, and of Vapi's open rejected deliveries", async () => {
    for (const days of [1, 10, 12, 20]) {
      const call = await place({ createdAgo: days * DAY, endsAfter: undefined });
      await report(call, "queued");
      const delivery = (createdAt: string) => ({
        message: {
          type: "status-update",
          status: "in-progress",
          call: { id: `${days} days`, createdAt, metadata: { providerId: crypto.randomUUID() } },
        },
      });
      const headers = { "X-Vapi-Secret": "hook" };
      const response = await postTo("vapi-webhook", delivery(call.createdAt), headers);
      assert.equal(response.status, 404, await response.text());
    }
    await sql`update private.calls set next_check_at = now() + interval '1 day'`;
    assert.equal(await expiring(), 2);
    assert.equal(await told(), "2");
    assert.equal(await told(), undefined);
    await sql`update private.reconcile_runs set started_at = started_at - interval '25 hours'`;
    assert.equal(await told(), "2");
  });

  await test.step("as long as the plan says", async () => {
    await sql`update private.discovery set reach_days = 20`;
    assert.equal(await expiring(), 2);
    await sql`update private.discovery set reach_days = 12`;
    assert.equal(await expiring(), 4);
    await sql`update private.discovery set reach_days = 13`;
  });

  await test.step("and not of what is settled", async () => {
    await sql`update private.calls set next_check_at = null`;
    await sql`update rejected_call_results set resolved_at = now()`;
    assert.equal(await expiring(), 0);
    await sql`update private.reconcile_runs set started_at = started_at - interval '25 hours'`;
    assert.equal(await told(), undefined);
  });
});
