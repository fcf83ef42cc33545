import assert from "node:assert/strict";
import { problem, unanswered, voicemail } from "./fake_vapi/mod.ts";
import { untilDataApiAnswers } from "./support/data_api.ts";
import { MINUTE, startReconcileStack, summary } from "./support/reconcile.ts";

Deno.test("once an hour, calls that Vapi has and we do not are found and saved", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile, rowOf, newRequest } = stack;
  const { postgres } = stack.stack;
  const lists = () => vapi.requests.filter(({ path }) => path.startsWith("/call?"));

  await test.step("the database away during the whole call: afterwards it is found by its metadata", async () => {
    const call = await place({ createdAgo: 20 * MINUTE });
    await postgres.stop("SIGINT");
    await assert.rejects(report(call, "completed"));
    await postgres.start();
    await untilDataApiAnswers(stack.stack);
    assert.deepEqual(await reconcile(), summary({ discovered: 1 }));
    const row = await rowOf(call);
    assert.equal(row.call_status, "completed");
    assert.equal(row.call_id, call.callId);
    assert.equal(row.call_summary, "The provider can come on Thursday at ten.");
    const [request] = await sql`select status from service_requests where id = ${row.request_id}`;
    assert.equal(request.status, "completed");
  });

  await test.step("not again before an hour has passed", async () => {
    const call = await place({ ...voicemail(), createdAgo: 20 * MINUTE });
    await later(59);
    assert.deepEqual(await reconcile(), summary({}));
    await later(1);
    assert.deepEqual(await reconcile(), summary({ discovered: 1 }));
    assert.equal((await rowOf(call)).call_status, "voicemail");
    assert.equal(lists().length, 2);
  });

  await test.step("the list is of what changed in the last day, whenever it was created", () => {
    const { searchParams } = new URL(lists()[0].path, vapi.url);
    const ago = (name: string) => Date.now() - Date.parse(searchParams.get(name)!);
    assert(Math.abs(ago("updatedAtGe") - 24 * 60 * MINUTE) < MINUTE);
    assert(Math.abs(ago("createdAtGe") - 13 * 24 * 60 * MINUTE) < MINUTE);
  });

  await test.step("a call that is not over is saved as open, and asked about when it should have ended", async () => {
    const ringing = await place({ ringsAfter: 0, answeredAfter: undefined, endsAfter: undefined });
    const talking = await place({ createdAgo: MINUTE, endsAfter: undefined });
    const lagging = await place({ createdAgo: MINUTE, artifactAfter: 5 * MINUTE });
    await later(60);
    assert.deepEqual(await reconcile(), summary({ discovered: 3 }));
    assert.equal((await rowOf(ringing)).call_status, "queued");
    assert.equal((await rowOf(talking)).call_status, "in_progress");
    assert.equal((await rowOf(lagging)).call_status, "in_progress");
    for (const call of vapi.calls) call.hangUp();
  });

  await test.step("a call of somebody else's is left alone", async () => {
    const before = vapi.calls.length;
    await place({ createdAgo: MINUTE });
    const stranger = vapi.calls[before].request;
    Object.assign(stranger, { assistant: {}, customer: { externalId: crypto.randomUUID() } });
    await later(60);
    assert.equal((await reconcile()).discovered, 0);
  });

  await test.step("a call for a provider that is not there is kept once, and applied when it is", async () => {
    const call = await place({ createdAgo: 20 * MINUTE });
    await sql`delete from providers where id = ${call.providerId}`;
    for (const rejectedOpen of [1, 1]) {
      await later(60);
      const { discovered, ...run } = await reconcile();
      assert.equal(discovered, 0);
      assert.equal(run.rejectedOpen, rejectedOpen);
    }
    const [rejected] = await sql`select * from rejected_call_results`;
    assert.deepEqual([rejected.source, rejected.code], ["vapi_api", "unknown_provider"]);
    assert.deepEqual(rejected.payload, {
      callId: call.callId,
      providerId: call.providerId,
      serviceRequestId: call.serviceRequestId,
    });
    await sql`insert into providers (id, request_id, name)
      values (${call.providerId}, ${call.serviceRequestId}, 'Back')`;
    await later(60);
    assert.equal((await reconcile()).replayed, 1);
    assert.equal((await rowOf(call)).call_status, "completed");
  });

  await test.step("or when whose it is was corrected", async () => {
    const call = await place({ createdAgo: 20 * MINUTE });
    await sql`delete from providers where id = ${call.providerId}`;
    await later(60);
    assert.equal((await reconcile()).rejectedOpen, 1);
    const { id, providers: [providerId] } = await newRequest();
    await sql`
      update rejected_call_results
      set payload = ${sql.json({ callId: call.callId, providerId, serviceRequestId: null })}
      where resolved_at is null`;
    assert.equal((await reconcile()).replayed, 1);
    const row = await rowOf({ ...call, providerId });
    assert.deepEqual([row.request_id, row.call_status, row.call_id], [
      id,
      "completed",
      call.callId,
    ]);
  });
});

Deno.test("however many calls Vapi has, all are compared, a few at a time, and a failure loses no place", async (test) => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, later, reconcile } = stack;
  const calls = [];
  for (let i = 0; i < 60; i++) {
    // Some were created in the same millisecond.
    calls.push(await place({ ...unanswered("customer-busy"), createdAgo: 30 * MINUTE }));
  }
  const createdAt = Date.now() - 30 * MINUTE;
  vapi.calls.forEach((call, i) => {
    Object.defineProperty(call, "createdAt", { value: createdAt + Math.floor(i / 10) * 1000 });
  });

  await test.step("Vapi fails after the first page: the next run goes on from there", async () => {
    vapi.listFaults.push(undefined!, problem(500, "", ""), problem(500, "", ""));
    const first = await reconcile();
    assert(first.discovered > 0 && first.discovered <= 25, `${first.discovered}`);
    const pages = vapi.requests.length;
    assert.equal((await reconcile()).discovered, 0, "not at once");
    await later(5);
    const second = await reconcile();
    assert.equal(first.discovered + second.discovered, 60);
    const { searchParams } = new URL(vapi.requests[pages].path, vapi.url);
    assert(Date.parse(searchParams.get("createdAtLt")!) < Date.now() - MINUTE);
    assert.equal(searchParams.get("limit"), "25");
  });

  await test.step("each is saved once", async () => {
    const [{ count }] = await sql`select count(*)::int from interaction_logs`;
    assert.equal(count, 60);
  });

  await test.step("where nobody compared for days, it looks back as far", async () => {
    await later(60);
    await sql`update private.discovery set completed_at = now() - interval '3 days'`;
    const pages = vapi.requests.length;
    await reconcile();
    const { searchParams } = new URL(vapi.requests[pages].path, vapi.url);
    const from = Date.parse(searchParams.get("updatedAtGe")!);
    assert(Math.abs(Date.now() - from - 73 * 60 * MINUTE) < MINUTE);
  });

  await test.step("a list of an unknown shape, or with a call of one, ends no run", async () => {
    await later(60);
    for (const body of ['{"results": []}', "[null, 7]"]) {
      vapi.listFaults.push({ status: 200, body });
      assert.deepEqual(await reconcile(), summary({}));
      const [run] =
        await sql`select * from private.reconcile_runs order by started_at desc limit 1`;
      assert.deepEqual(run.problems, ["unreadable answer"]);
      await later(5);
    }
    const call = await place({ createdAgo: MINUTE });
    await later(60);
    const odd = JSON.stringify([null, 7, { id: 5 }, vapi.calls.at(-1)!.snapshot()]);
    vapi.listFaults.push({ status: 200, body: odd });
    assert.deepEqual(await reconcile(), summary({ discovered: 1 }));
    assert(call);
  });
});
