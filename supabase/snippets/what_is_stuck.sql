-- What is stuck? Calls that should have ended, and of the last week endings that nobody saw; longest waiting first.
select
  p.name as provider,
  p.call_status,
  now() - greatest(coalesce(p.called_at, p.updated_at), c.scheduled_at) as since,
  p.call_error,
  c.checks as asked,
  c.next_check_at,
  p.call_id,
  p.id as provider_id,
  p.request_id
from public.providers p
left join private.calls c on c.provider_id = p.id and c.call_id is not distinct from p.call_id
where
  p.call_status in ('queued', 'in_progress')
  and greatest(coalesce(p.called_at, p.updated_at), c.scheduled_at) < now() - interval '15 minutes'
  or p.call_status in ('timeout', 'error') and p.updated_at > now() - interval '7 days'
order by p.call_status in ('timeout', 'error'), since desc
limit 100;
