create table private.calls (
  provider_id uuid not null references public.providers (id) on delete cascade,
  call_id text,
  called_at timestamptz,
  first_seen_at timestamptz not null default clock_timestamp(),
  reports jsonb not null,

  constraint a_call_belongs_to_one_provider unique (call_id),
  constraint one_row_for_what_precedes_the_call unique nulls not distinct (provider_id, call_id)
);

comment on table private.calls is 'What each source reported of each call. The provider''s row shows the newest of its calls; because it follows from what stands here, the order in which reports arrive does not matter.';
comment on column private.calls.provider_id is 'Whom the call was first reported for; for anybody else it is refused.';
comment on column private.calls.call_id is 'Vapi''s id; null for what was reported before Vapi had the call.';
comment on column private.calls.called_at is 'When the call was created, or answered where only that is known; null where neither a source nor the id says so.';
comment on column private.calls.first_seen_at is 'Stands in for called_at while that is unknown.';
comment on column private.calls.reports is 'Source -> its report: columns of providers, started_at, the turns and a message, as far as that source knows them at the highest rank it reported.';

alter table private.calls enable row level security;

revoke all on private.calls from public, anon, authenticated;
grant select, insert, update, delete on private.calls to service_role;
