-- What happened to this call? Put an id between the quotes of one of these two lines, or of both.
with ids (call_id, provider_id) as (values (
  '', -- the call's id
  '' -- the provider's id
)),
asked as (
  select nullif(i.call_id, '') as call_id, nullif(i.provider_id, '')::uuid as provider_id from ids i
),
call as (
  select c.* from private.calls c join asked a on c.call_id = a.call_id or c.provider_id = a.provider_id
),
steps (at, what, source, detail) as (
  select l.created_at, 'logged ' || l.call_status, l.source, l.detail
  from public.interaction_logs l
  join call c on c.provider_id = l.provider_id and c.call_id is not distinct from l.call_id
  union all
  select coalesce(c.called_at, c.first_seen_at), 'created', null, 'call ' || coalesce(c.call_id, 'not placed yet')
  from call c
  union all
  select now(), 'known ' || (report.value ->> 'call_status'), report.key::public.call_source, report.value ->> 'call_ended_reason'
  from call c, jsonb_each(c.reports) report
  union all
  select c.next_check_at, 'to be asked about', null, format('asked %s times since the last news', c.checks)
  from call c
  where c.next_check_at is not null
  union all
  select r.received_at, 'rejected ' || r.code, r.source, coalesce(r.resolution, r.issues::text)
  from public.rejected_call_results r
  join asked a on strpos(r.payload::text, coalesce(a.call_id, a.provider_id::text)) > 0
  union all
  select null, 'no id: put one between the quotes above', null, null
  from asked a
  where a.call_id is null and a.provider_id is null
)
select * from steps order by at;
