import assert from "node:assert/strict";
import type { Sql } from "postgres";

/** Asserts that every result in the database is whole: row, log and request say the same. */
export async function assertConsistent(sql: Sql): Promise<void> {
  const rollback = new Error("rollback");
  await sql.begin(async (sql) => {
    assert.deepEqual(
      [
        ...await sql`
          select p.id
          from public.providers p
          cross join lateral (
            select c.* from private.newest_call(p.id) c where c.provider_id is not null
          ) as newest
          cross join lateral private.lock_provider(p.id, p.request_id) as target
          where private.show_call(
            target, newest.call_id, newest.called_at, private.call_report(newest.reports),
            newest.transcript
          )`,
      ],
      [],
      "providers whose row is not what their calls say",
    );
    assert.deepEqual(
      [
        ...await sql`
          select r.id from public.service_requests r
          where r.status <> coalesce(
            (select case
              when bool_or(p.call_status in ('queued', 'in_progress')) then 'calling'
              when bool_or(p.call_status = 'completed') then 'completed'
              else 'failed' end::public.request_status
            from public.providers p where p.request_id = r.id and p.call_status is not null
            having count(*) > 0), 'pending')`,
      ],
      [],
      "requests whose status is not what their providers say",
    );
    assert.deepEqual(
      [
        ...await sql`
          select c.call_id, report.value ->> 'call_status' as status
          from private.calls c, jsonb_each(c.reports) as report
          where not exists (
            select from public.interaction_logs l
            where l.provider_id = c.provider_id and l.call_id is not distinct from c.call_id
              and l.call_status::text = report.value ->> 'call_status')`,
      ],
      [],
      "reports that are not in the log",
    );
    throw rollback;
  }).catch((error) => {
    if (error !== rollback) throw error;
  });
}
