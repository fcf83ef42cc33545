create function public.release_alerts(run_ids uuid[]) returns void
language sql
set search_path = ''
as $$
  update private.reconcile_runs r
  set alerted_at = null
  where r.id = any (run_ids);
$$;

comment on function public.release_alerts(uuid[]) is 'Gives back what the operator was certainly not told, for the next run to tell.';

revoke all on function public.release_alerts(uuid[]) from public, anon, authenticated;
grant execute on function public.release_alerts(uuid[]) to service_role;
