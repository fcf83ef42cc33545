-- Calls that ended, of the last 30 days (UTC, by when they were first heard of): how many of each status, how long, for how much, and
-- who reported them. All calls: a provider's row shows its newest one alone, so that a sum over providers is too small.
select
  date_trunc('day', c.first_seen_at, 'UTC')::date as day,
  c.call_status,
  count(*) as calls,
  round(sum((r.report ->> 'call_duration_minutes')::numeric), 1) as minutes,
  sum((r.report ->> 'call_cost')::numeric) as cost,
  count(c.kestra_reported_at) as from_kestra,
  count(c.vapi_webhook_reported_at) as from_webhook,
  count(*) filter (where c.reports ? 'vapi_api') as from_reconciler
from private.calls c
cross join lateral (select private.call_report(c.reports) as report) r
where c.first_seen_at >= date_trunc('day', now(), 'UTC') - interval '30 days' and private.stage(c.call_status) <> 'open'
group by day, c.call_status
order by day desc, c.call_status;
