create function public.finish_reconcile_run(
  started_at timestamptz,
  checked integer,
  recovered integer,
  still_open integer,
  gave_up integer,
  discovered integer,
  replayed integer,
  problems text[]
) returns integer
language plpgsql
set search_path = ''
as $$
declare
  run private.reconcile_runs;
  new_rejected jsonb;
begin
  -- Runs overlap: one after the other, so that each thing is announced by one of them.
  lock table private.reconcile_runs in share row exclusive mode;

  with announced as (
    update public.rejected_call_results r
    set announced_at = now()
    where r.id in (
      select new.id
      from public.rejected_call_results new
      where new.announced_at is null and new.resolved_at is null
      -- One that somebody is just mending is announced by the next run.
      for no key update skip locked
    )
    returning r.code
  )
  select coalesce(jsonb_object_agg(code, count), '{}') into new_rejected
  from (select code, count(*) from announced group by code) as codes;

  select coalesce(array_agg(distinct problem order by problem), '{}') into run.announced_problems
  from unnest(finish_reconcile_run.problems) as problem
  where not exists (
    select from private.reconcile_runs earlier
    where earlier.started_at > now() - interval '1 day' and problem = any (earlier.announced_problems)
  );

  run.id := gen_random_uuid();
  run.started_at := finish_reconcile_run.started_at;
  run.finished_at := clock_timestamp();
  run.checked := finish_reconcile_run.checked;
  run.recovered := finish_reconcile_run.recovered;
  run.still_open := finish_reconcile_run.still_open;
  run.gave_up := finish_reconcile_run.gave_up;
  run.discovered := finish_reconcile_run.discovered;
  run.replayed := finish_reconcile_run.replayed;
  run.rejected_open := (select count(*) from public.rejected_call_results r where r.resolved_at is null);
  run.problems := finish_reconcile_run.problems;
  run.alert := private.alert_text(run, new_rejected);
  insert into private.reconcile_runs select run.*;

  delete from private.reconcile_runs old where old.started_at < now() - interval '30 days';
  return run.rejected_open;
end;
$$;

comment on function public.finish_reconcile_run(timestamptz, integer, integer, integer, integer, integer, integer, text[]) is 'Records a run and what the operator is to be told of it, each thing once. Returns how many rejected deliveries are open.';

revoke all on function public.finish_reconcile_run(timestamptz, integer, integer, integer, integer, integer, integer, text[]) from public, anon, authenticated;
grant execute on function public.finish_reconcile_run(timestamptz, integer, integer, integer, integer, integer, integer, text[]) to service_role;
