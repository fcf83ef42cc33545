create view public.call_health with (security_invoker = on) as
with waiting as (
  select
    (private.call_report(c.reports) ->> 'call_status')::public.call_status as call_status,
    least(c.called_at, c.first_seen_at) as called_at,
    c.next_check_at
  from private.calls c
  join public.providers p on p.id = c.provider_id
  -- What preceded a call that was placed is settled.
  where c.next_check_at is not null and (c.call_id is not null or p.call_id is null)
),
heard as (
  select l.source, max(l.created_at) as created_at
  from public.interaction_logs l
  where l.created_at > now() - interval '7 days'
  group by l.source
)
select
  w.open_calls,
  w.open_over_15_minutes,
  w.open_over_1_hour,
  w.oldest_open_since,
  w.provisional_calls,
  w.incomplete_calls,
  w.overdue_checks,
  r.rejected_open,
  r.oldest_rejected_at,
  (select created_at from heard where source = 'kestra') as last_saved_from_kestra,
  (select created_at from heard where source = 'vapi_webhook') as last_saved_from_vapi_webhook,
  (select created_at from heard where source = 'vapi_api') as last_saved_from_vapi_api,
  (select completed_at from private.listing) as compared_until,
  run.finished_at as last_run_at,
  to_jsonb(run) - array['id', 'alerted_at'] as last_run
from (
  select
    count(*) filter (where call_status in ('queued', 'in_progress')) as open_calls,
    count(*) filter (where call_status in ('queued', 'in_progress') and called_at < now() - interval '15 minutes') as open_over_15_minutes,
    count(*) filter (where call_status in ('queued', 'in_progress') and called_at < now() - interval '1 hour') as open_over_1_hour,
    min(called_at) filter (where call_status in ('queued', 'in_progress')) as oldest_open_since,
    count(*) filter (where call_status in ('timeout', 'error')) as provisional_calls,
    count(*) filter (where private.call_status_rank(call_status) = 4) as incomplete_calls,
    count(*) filter (where next_check_at < now() - interval '5 minutes') as overdue_checks
  from waiting
) as w
cross join (
  select count(*) as rejected_open, min(received_at) as oldest_rejected_at
  from public.rejected_call_results
  where resolved_at is null
) as r
left join (
  select * from private.reconcile_runs order by started_at desc limit 1
) as run on true;

comment on view public.call_health is 'One row: how the saving of results is doing. For the backend and the operator alone.';
comment on column public.call_health.open_calls is 'Calls that are queued or in progress.';
comment on column public.call_health.open_over_15_minutes is 'Of these, calls that should have ended.';
comment on column public.call_health.open_over_1_hour is 'Of these, calls that something is wrong with.';
comment on column public.call_health.oldest_open_since is 'When the oldest open call was created.';
comment on column public.call_health.provisional_calls is 'Calls that stand at timeout or error and may still have ended well; Vapi will be asked.';
comment on column public.call_health.incomplete_calls is 'Calls that ended and lack what was said; Vapi will be asked.';
comment on column public.call_health.overdue_checks is 'Checks that are late by five minutes or more: reconcile-calls does not run, or has more to do than it can. A call that was asked about in vain is put off, not late.';
comment on column public.call_health.rejected_open is 'Deliveries in rejected_call_results that wait to be mended.';
comment on column public.call_health.oldest_rejected_at is 'When the oldest of them came.';
comment on column public.call_health.last_saved_from_kestra is 'When Kestra last had something new to say, within the last 7 days.';
comment on column public.call_health.last_saved_from_vapi_webhook is 'When Vapi''s webhook last had something new to say, within the last 7 days.';
comment on column public.call_health.last_saved_from_vapi_api is 'When reconcile-calls last brought a result home, within the last 7 days.';
comment on column public.call_health.compared_until is 'All calls created until then were compared with Vapi''s list. Older than two hours: Vapi is away, or refuses the key.';
comment on column public.call_health.last_run_at is 'When reconcile-calls last finished a run; null: never, or not for 30 days.';
comment on column public.call_health.last_run is 'What that run did.';

revoke all on public.call_health from public, anon, authenticated;
grant select on public.call_health to service_role;
