create table private.reconcile_runs (
  id uuid primary key default gen_random_uuid(),
  started_at timestamptz not null,
  finished_at timestamptz not null default clock_timestamp(),
  checked integer not null,
  recovered integer not null,
  still_open integer not null,
  gave_up integer not null,
  discovered integer not null,
  replayed integer not null,
  rejected_open integer not null,
  problems text[] not null,
  announced_problems text[] not null,
  alert text,
  alerted_at timestamptz,
  expiring bigint not null default 0
);

comment on table private.reconcile_runs is 'The runs of reconcile-calls of the last 30 days.';
comment on column private.reconcile_runs.id is 'Identifies the run.';
comment on column private.reconcile_runs.started_at is 'When it began.';
comment on column private.reconcile_runs.finished_at is 'When it was done. A run that died is not here.';
comment on column private.reconcile_runs.checked is 'Calls that were due for a check.';
comment on column private.reconcile_runs.recovered is 'Of these, calls whose result was recovered.';
comment on column private.reconcile_runs.still_open is 'Of these, calls that have not ended, or of which Vapi has not said its last word or could not be asked.';
comment on column private.reconcile_runs.gave_up is 'Of these, calls that nothing was heard of for a day, and providers that were never dialled.';
comment on column private.reconcile_runs.discovered is 'Calls that Vapi had and we had not.';
comment on column private.reconcile_runs.replayed is 'Rejected deliveries that were applied.';
comment on column private.reconcile_runs.rejected_open is 'Rejected deliveries that were open afterwards.';
comment on column private.reconcile_runs.problems is 'What went wrong, with the run or with single calls, in some words each, for example HTTP 429 or time-out.';
comment on column private.reconcile_runs.announced_problems is 'Those of them that the operator is to be told: each once a day.';
comment on column private.reconcile_runs.alert is 'What the operator is to be told; null: nothing.';
comment on column private.reconcile_runs.alerted_at is 'When that was sent; null: not yet.';

comment on column private.reconcile_runs.expiring is 'Calls and rejected deliveries that Vapi will soon have forgotten (private.expiring), where the operator is to be told: once a day.';

create index reconcile_runs_started_at_idx on private.reconcile_runs (started_at);

alter table private.reconcile_runs enable row level security;

revoke all on private.reconcile_runs from public, anon, authenticated;
grant select, insert, update, delete on private.reconcile_runs to service_role;

create function private.alert_text(run private.reconcile_runs, new_rejected jsonb) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return nullif(concat_ws(
    e'\n',
    case when run.recovered > 0 then format('Results recovered from Vapi: %s.', run.recovered) end,
    case when run.discovered > 0 then format('Calls found at Vapi of which nothing had been saved: %s.', run.discovered) end,
    case when run.gave_up > 0 then format('Calls given up, as they were never dialled or never heard of again: %s.', run.gave_up) end,
    case when new_rejected <> '{}' then
      (
        select format('New in rejected_call_results: %s.', string_agg(format('%s %s', value, key), ', ' order by key))
        from jsonb_each_text(new_rejected)
      )
    end,
    case when run.expiring > 0 then
      format('Within two days Vapi will have forgotten calls that it is still asked about, or whose deliveries were rejected: %s.', run.expiring)
    end,
    case when run.announced_problems <> '{}' then format('Trouble: %s.', array_to_string(run.announced_problems, ', ')) end
  ), '');
end;
$$;

comment on function private.alert_text(private.reconcile_runs, jsonb) is 'What the operator is to be told of a run: counts alone, and nothing of the calls themselves. Null where there is nothing to say.';

revoke all on function private.alert_text(private.reconcile_runs, jsonb) from public, anon, authenticated;
grant execute on function private.alert_text(private.reconcile_runs, jsonb) to service_role;

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
  -- Runs overlap: one after the other, so that each thing is announced by one of them. Nobody else has this lock.
  perform pg_advisory_xact_lock(hashtextextended('finish_reconcile_run', 0));

  with announced as (
    update public.rejected_call_results r
    set announced_at = now()
    where r.id in (
      select new.id
      from public.rejected_call_results new
      where new.announced_at is null and new.resolved_at is null
      -- One that somebody is just correcting is announced by the next run.
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

  run.expiring := case
    when
      exists (
        select from private.reconcile_runs earlier
        where earlier.started_at > now() - interval '1 day' and earlier.expiring > 0
      ) then 0
    else private.expiring()
  end;

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

  delete from private.reconcile_runs old
  where
    old.id in (
      select forgotten.id
      from private.reconcile_runs forgotten
      where forgotten.started_at < now() - interval '30 days'
      for update skip locked
    );
  return run.rejected_open;
end;
$$;

comment on function public.finish_reconcile_run(timestamptz, integer, integer, integer, integer, integer, integer, text[]) is 'Records a run and what the operator is to be told of it, each thing once. Returns how many rejected deliveries are open.';

revoke all on function public.finish_reconcile_run(timestamptz, integer, integer, integer, integer, integer, integer, text[]) from public, anon, authenticated;
grant execute on function public.finish_reconcile_run(timestamptz, integer, integer, integer, integer, integer, integer, text[]) to service_role;

create function public.claim_alerts()
returns table (run_id uuid, alert text)
language sql
set search_path = ''
as $$
  update private.reconcile_runs r
  set alerted_at = now()
  -- What nobody could be told for an hour is in call_health.
  where
    r.id in (
      select new.id
      from private.reconcile_runs new
      where new.started_at > now() - interval '1 hour' and new.alert is not null and new.alerted_at is null
      for no key update skip locked
    )
  returning r.id, r.alert;
$$;

comment on function public.claim_alerts() is 'Hands what the operator is to be told to one caller alone.';

revoke all on function public.claim_alerts() from public, anon, authenticated;
grant execute on function public.claim_alerts() to service_role;

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
