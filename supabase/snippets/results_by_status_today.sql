-- Results by status: calls that were first heard of today (UTC), and who reported them.
with today as (
  select c.*
  from private.calls c
  where c.first_seen_at >= date_trunc('day', now(), 'UTC')
)
select
  t.call_status,
  count(*) as calls,
  count(t.kestra_reported_at) as from_kestra,
  count(t.vapi_webhook_reported_at) as from_webhook,
  count(*) filter (where t.reports ? 'vapi_api') as from_reconciler
from today t
where private.stage(t.call_status) <> 'open'
group by t.call_status
order by t.call_status;
