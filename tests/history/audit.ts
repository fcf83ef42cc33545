import assert from "node:assert/strict";
import type { Sql } from "postgres";

/** Records every version of every row that the write touches, so that nothing on the way goes unseen. */
export async function installAudit(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create schema audit;
    create table audit.versions (
      seq bigserial primary key,
      txid bigint not null default txid_current(),
      relation text not null,
      request_id uuid,
      old jsonb,
      new jsonb
    );
    create index on audit.versions (request_id);
    create function audit.record() returns trigger language plpgsql security definer set search_path = '' as $$
    declare
      row jsonb := to_jsonb(coalesce(new, old));
    begin
      insert into audit.versions (relation, request_id, old, new)
      values (
        tg_table_name,
        case tg_table_name
          when 'service_requests' then (row ->> 'id')::uuid
          when 'calls' then (select p.request_id from public.providers p where p.id = (row ->> 'provider_id')::uuid)
          else (row ->> 'request_id')::uuid
        end,
        to_jsonb(old),
        to_jsonb(new)
      );
      return null;
    end;
    $$;
    ${
    ["public.service_requests", "public.providers", "public.interaction_logs", "private.calls"]
      .map((table) => `
    create trigger audit after insert or update or delete on ${table}
    for each row execute function audit.record();`).join("")
  }`);
}

/**
 * Asserts what must hold at every moment on the way, and that `writing` deliveries wrote what
 * customers see, in a transaction each; all others wrote nothing.
 */
export async function assertTheWay(sql: Sql, requests: string[], writing: number): Promise<void> {
  const [way] = await sql`
    with versions as (
      select * from audit.versions where request_id = any (${requests}::uuid[])
    ), ranked as (
      select
        seq,
        new ->> 'id' as provider_id,
        new ->> 'call_id' as call_id,
        coalesce(array_position(array['queued', 'in_progress', 'timeout', 'error'], new ->> 'call_status'), 5) as rank
      from versions where relation = 'providers' and new ->> 'call_status' is not null
    ), ranks as (
      select *, lag(rank) over (partition by provider_id, call_id order by seq) as rank_before from ranked
    )
    select
      (select jsonb_agg(r) from ranks r where rank < rank_before) as falls,
      (select jsonb_agg(v) from versions v
        where old is not null and (new is null or old - 'updated_at' = new - 'updated_at')) as idle,
      (select jsonb_agg(v) from versions v
        where old is not null and old ->> 'updated_at' >= new ->> 'updated_at') as undated,
      (select count(distinct txid)::int from versions
        where relation = 'interaction_logs' or relation <> 'calls' and old is not null) as writing`;
  assert.equal(way.falls, null, `a rank fell: ${JSON.stringify(way.falls)}`);
  assert.equal(way.idle, null, `a row was written without a change: ${JSON.stringify(way.idle)}`);
  assert.equal(way.undated, null, `updated_at stood still: ${JSON.stringify(way.undated)}`);
  assert.equal(way.writing, writing, "transactions that wrote, of deliveries that said they did");
}
