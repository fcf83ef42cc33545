import assert from "node:assert/strict";
import { loadTranscript } from "../client/watch/mod.js";
import { replaceByAdoptedTables } from "./support/adopted_tables.ts";
import { ScriptedRealtime } from "./support/realtime.ts";
import { startTestStack } from "./support/stack.ts";
import { newCustomer, Watching } from "./support/watching.ts";

Deno.test("a request in tables of an application's own is watched, too", async (test) => {
  await using testStack = await startTestStack();
  const { sql } = testStack;
  await replaceByAdoptedTables(sql);

  /** A customer with a request of two providers, of whom the first is being called. */
  async function setUp(transport?: typeof WebSocket) {
    const customer = await newCustomer(testStack, transport);
    const [{ id }] = await sql`
      insert into service_requests (user_id, title) values (${customer.userId}, 'A tap') returning id`;
    const providers = await sql`
      insert into providers (request_id, name, call_status, call_id, call_transcript)
      select ${id}, 'Provider ' || i, case i when 1 then 'queued' end, case i when 1 then ${id} end, 'AI: Hello.'
      from generate_series(1, 2) i returning id, request_id, call_status`;
    await sql`
      insert into interaction_logs (request_id, step_name, detail, status, call_id, transcript)
      values (${id}, 'Call to Provider 1', 'Calling.', 'info', ${id},
        ${sql.json([{ speaker: "AI", text: "Hello." }])})`;
    const show = (status: string) =>
      sql`update providers set call_status = ${status} where id = ${providers[0].id}`;
    return { customer, id, providers, show, ...customer };
  }

  await test.step("what the tables lack is null, and what is large is not asked for again", async () => {
    const { customer, id, providers, show, fetches } = await setUp();
    await using watching = new Watching(customer, id);
    const { request, log, providers: [shown, other] } = await watching.until(({ request }) =>
      request
    );

    assert.deepEqual([request?.title, request?.status, request?.service_needed], [
      "A tap",
      "PENDING",
      null,
    ]);
    assert.deepEqual([shown.id, other.id], providers.map((provider) => provider.id));
    assert.deepEqual([shown.call_status, shown.call_error, shown.updated_at], [
      "queued",
      null,
      null,
    ]);
    assert.deepEqual([log.length, log[0].detail, log[0].call_status], [1, "Calling.", null]);
    assert.doesNotMatch(JSON.stringify(watching.last), /transcript|rating|final_outcome/);

    for (const status of ["in_progress", "completed"]) {
      await show(status);
      await watching.until((watched) => watched.providers[0].call_status === status);
    }
    assert.equal(
      watching.last?.providers[1],
      other,
      "a row that did not change is the same object",
    );
    assert.match(fetches.at(-1)!, /call_summary/);
    assert.doesNotMatch(
      decodeURIComponent(fetches.at(-1)!),
      /\*|transcript|updated_at.*updated_at/,
    );
  });

  await test.step("a client learns once what the tables have", async () => {
    const { customer, id, fetches } = await setUp();
    await using first = new Watching(customer, id);
    await first.until(({ request }) => request);
    const { length } = fetches;
    await using second = new Watching(customer, id);
    await second.until(({ request }) => request);
    assert.doesNotMatch(fetches.slice(length).map(decodeURIComponent).join(), /\*/);
  });

  await test.step("without rows yet, the columns are learned when there are some", async () => {
    const { customer, id } = await setUp();
    await sql`delete from providers where request_id = ${id}`;
    await sql`delete from interaction_logs where request_id = ${id}`;
    await using watching = new Watching(customer, id);
    await watching.until(({ request }) => request);
    await sql`insert into providers (request_id, name, call_transcript) values (${id}, 'Late', 'AI: Hi.')`;
    const { providers: [late] } = await watching.until((watched) => watched.providers[0]);
    assert.deepEqual([late.name, late.call_error], ["Late", null]);
    assert.doesNotMatch(JSON.stringify(watching.last), /transcript/);
  });

  await test.step("Realtime tells that a row changed, and a query what it is: never an older one", async () => {
    await using realtime = new ScriptedRealtime();
    realtime.answers.push({ refuse: 'column "updated_at" does not exist' }, "accept");
    const { customer, id, providers, show, fetches } = await setUp(realtime.transport);
    await using watching = new Watching(customer, id);
    await watching.until(({ connection }) => connection === "live");
    const { bindings } = realtime.joins.at(-1)!;
    assert.deepEqual(bindings.map(({ select }) => select), Array(4).fill(["id"]));

    await show("completed");
    realtime.emit("UPDATE", "providers", { ...providers[0], call_status: "in_progress" });
    await watching.until((watched) => watched.providers[0].call_status === "completed");
    const { length } = fetches;
    realtime.emit("UPDATE", "providers", providers[0]);
    while (fetches.length === length) await new Promise((resolve) => setTimeout(resolve, 10));

    await sql`
      update service_requests set status = 'ANALYZING', updated_at = '2020-01-01' where id = ${id}`;
    realtime.emit("UPDATE", "service_requests", { id });
    await watching.until(({ request }) => String(request?.status) === "ANALYZING");
    assert.deepEqual(watching.statusesOf(providers[0].id), [undefined, "queued", "completed"]);

    realtime.emit("DELETE", "providers", { id: providers[1].id });
    await watching.until((watched) => watched.providers.length === 1);
  });

  await test.step("a transcript is there for who asks", async () => {
    const { supabase, id } = await setUp();
    assert.deepEqual(await loadTranscript(supabase, { callId: id }), [
      { speaker: "AI", text: "Hello." },
    ]);
  });
});
