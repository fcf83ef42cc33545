-- What happened to this call? Put in the call's id, or the provider's.
with call as (
  select c.*
  from private.calls c
  where c.call_id = 'PUT THE CALL ID HERE' or c.provider_id::text = 'OR THE PROVIDER ID HERE'
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
)
select * from steps order by at;
