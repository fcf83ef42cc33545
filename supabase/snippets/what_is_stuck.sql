-- What is stuck? Calls that should have ended (call_health counts them as open_over_15_minutes) and endings that nobody saw: all that
-- Vapi will be asked about (provisional_calls), and of the last week those that were given up; longest waiting first.
select
  p.name as provider,
  c.call_status,
  now() - greatest(least(c.called_at, c.first_seen_at), c.scheduled_at) as since,
  private.call_report(c.reports) ->> 'call_error' as call_error,
  c.checks as asked,
  c.next_check_at,
  c.call_id is distinct from p.call_id as has_newer_call,
  c.call_id,
  c.provider_id,
  c.request_id
from private.calls c
left join public.providers p on p.id = c.provider_id
where
  case private.stage(c.call_status)
    when 'open' then
      c.next_check_at is not null
      and greatest(least(c.called_at, c.first_seen_at), c.scheduled_at) < now() - interval '15 minutes'
    when 'provisional' then
      c.next_check_at is not null
      or c.call_id is not distinct from p.call_id and c.first_seen_at > now() - interval '7 days'
  end
  -- What preceded a call that was placed is settled.
  and (
    c.call_id is not null
    or not exists (select from private.calls placed where placed.provider_id = c.provider_id and placed.call_id is not null)
  )
order by private.stage(c.call_status) = 'provisional', since desc
limit 100;
