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
  alerted_at timestamptz
);

comment on table private.reconcile_runs is 'The runs of reconcile-calls of the last 30 days.';
comment on column private.reconcile_runs.id is 'Identifies the run.';
comment on column private.reconcile_runs.started_at is 'When it began.';
comment on column private.reconcile_runs.finished_at is 'When it was done. A run that died is not here.';
comment on column private.reconcile_runs.checked is 'Calls that were due for a check.';
comment on column private.reconcile_runs.recovered is 'Of these, calls whose result was brought home.';
comment on column private.reconcile_runs.still_open is 'Of these, calls that have not ended, or of which Vapi has not said its last word or could not be asked.';
comment on column private.reconcile_runs.gave_up is 'Of these, calls that nothing was heard of for a day, and providers that were never dialled.';
comment on column private.reconcile_runs.discovered is 'Calls that Vapi had and we had not.';
comment on column private.reconcile_runs.replayed is 'Rejected deliveries that were applied.';
comment on column private.reconcile_runs.rejected_open is 'Rejected deliveries that were open afterwards.';
comment on column private.reconcile_runs.problems is 'What went wrong, with the run or with single calls, in some words each, for example HTTP 429 or time-out.';
comment on column private.reconcile_runs.announced_problems is 'Those of them that the operator is to be told: each once a day.';
comment on column private.reconcile_runs.alert is 'What the operator is to be told; null: nothing.';
comment on column private.reconcile_runs.alerted_at is 'When that was sent; null: not yet.';

create index reconcile_runs_started_at_idx on private.reconcile_runs (started_at);

alter table private.reconcile_runs enable row level security;

revoke all on private.reconcile_runs from public, anon, authenticated;
grant select, insert, update, delete on private.reconcile_runs to service_role;
