create function public.claim_alerts()
returns table (run_id uuid, alert text)
language sql
set search_path = ''
as $$
  update private.reconcile_runs r
  set alerted_at = now()
  -- What nobody could be told for an hour is in call_health.
  where r.started_at > now() - interval '1 hour' and r.alert is not null and r.alerted_at is null
  returning r.id, r.alert;
$$;

comment on function public.claim_alerts() is 'Hands what the operator is to be told to one caller alone.';

revoke all on function public.claim_alerts() from public, anon, authenticated;
grant execute on function public.claim_alerts() to service_role;
