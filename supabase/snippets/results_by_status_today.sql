-- Results by status today (UTC): calls, by who reported them first.
select
  l.call_status,
  count(*) as calls,
  count(*) filter (where l.source = 'kestra') as from_kestra,
  count(*) filter (where l.source = 'vapi_webhook') as from_webhook,
  count(*) filter (where l.source = 'vapi_api') as recovered
from public.interaction_logs l
where l.created_at >= date_trunc('day', now(), 'UTC') and l.call_status > 'in_progress'
group by l.call_status
order by l.call_status;
