import assert from "node:assert/strict";
import { startTestStack } from "./support/stack.ts";

const REQUESTS = 5_000;

Deno.test("what runs for every event uses indexes alone, however many rows there are", async (test) => {
  await using testStack = await startTestStack();
  const { sql } = testStack;

  // 20,000 providers, 100,000 calls with a log row each: enough that a planner without an index would scan.
  await sql.unsafe(`
    insert into service_requests (title) select 'A tap' from generate_series(1, ${REQUESTS});
    insert into providers (request_id, name) select id, 'P' from service_requests, generate_series(1, 4);
    insert into interaction_logs (request_id, provider_id, step_name, status, call_id, call_status, source)
    select request_id, id, 'Call', 'success', 'call-' || gen_random_uuid(), 'completed', 'kestra'
    from providers, generate_series(1, 5);
    insert into private.calls (provider_id, request_id, call_id, reports)
    select provider_id, request_id, call_id, '{"kestra": {"call_status": "completed"}}' from interaction_logs;
    insert into rejected_call_results (source, code, payload, resolved_at, received_at, delivery_digest)
    select 'kestra', 'invalid_json', '"x"', now(), now() - interval '2 days', sha256(i::text::bytea) from generate_series(1, 20000) i;
    update private.calls set next_check_at = now() - interval '1 minute' where ctid = '(0,1)';
    update rejected_call_results set next_attempt_at = now() - interval '1 minute', resolved_at = null
    where ctid = '(0,1)';
    analyze;
  `);
  const [{ id, request_id, call_id }] = await sql`
    select p.id, p.request_id, c.call_id from providers p join private.calls c on c.provider_id = p.id
    limit 1`;

  await test.step("saving, finding, rejecting and reconciling read no table from end to end", async () => {
    const session = await sql.reserve();
    try {
      const before = await sequentialScans(session);
      const save = (status: string, call: string | null) =>
        session`select outcome from save_call_result(
          ${id}, ${request_id}, 'kestra', ${status}::call_status, ${call}, summary => 'Free.')`;
      await save("queued", null);
      await save("queued", "new");
      await save("completed", "new");
      await save("completed", "new");
      await save("completed", call_id);
      for (const call of [call_id, "unknown"]) {
        await session`select * from find_call(${call}, ${id})`;
      }
      for (let i = 0; i < 2; i++) {
        await session`select reject_call_result('kestra', 'invalid_json', '[]', '"x"')`;
      }
      for (const rows of [1, 0]) {
        assert.equal((await session`select * from claim_due_call()`).length, rows);
        assert.equal((await session`select * from claim_rejected_call_result()`).length, rows);
      }
      await session`select note_alive(${call_id})`;
      await session`select wake_rejected_call_results()`;
      await session`select * from unknown_calls(${[call_id, "unknown"]})`;
      assert.deepEqual(await sequentialScans(session), before);
    } finally {
      session.release();
    }
  });

  for (
    const [name, query] of Object.entries({
      "a provider's result":
        `select id, name, call_status, call_summary from providers where id = '${id}'`,
      "the newest log rows of a request":
        `select * from interaction_logs where request_id = '${request_id}' order by created_at desc limit 5`,
      "the open rejected deliveries":
        "select * from rejected_call_results where resolved_at is null order by received_at",
    })
  ) {
    await test.step(`reading ${name} uses an index`, async () => {
      const plan = await sql.begin(async (sql) => {
        // Some of these tables are nearly empty here.
        await sql`set local enable_seqscan = off`;
        return await sql.unsafe(`explain ${query}`);
      });
      const text = plan.map((line) => line["QUERY PLAN"]).join("\n");
      assert.match(text, /Index Scan/);
      assert.doesNotMatch(text, /Seq Scan|Sort/);
    });
  }
});

async function sequentialScans(sql: Pick<import("postgres").Sql, "unsafe">) {
  await sql.unsafe("select pg_stat_force_next_flush()");
  return [
    ...await sql.unsafe(`
      select relname, seq_scan::int from pg_stat_user_tables
      where schemaname in ('public', 'private') order by relname`),
  ];
}
