create table private.calls (
  provider_id uuid not null,
  request_id uuid not null,
  call_id text,
  called_at timestamptz,
  first_seen_at timestamptz not null default clock_timestamp(),
  call_status public.call_status,
  reports jsonb not null,
  transcript text,
  transcript_source public.call_source,
  is_heard boolean,
  logged jsonb not null default '{}',
  kestra_reported_at timestamptz,
  vapi_webhook_reported_at timestamptz,
  vapi_api_reported_at timestamptz,
  next_check_at timestamptz,
  checks integer not null default 0,
  scheduled_at timestamptz,

  constraint a_call_belongs_to_one_provider unique (call_id)
)
-- A call's row is written three times: with room on its page, a new version needs no new entries in the indexes.
with (fillfactor = 70);

comment on table private.calls is 'The memory of calls: what each source reported of each of them. The provider''s row shows the newest of its calls; because it follows from what stands here, the order in which reports arrive does not matter.';
comment on column private.calls.provider_id is 'Whom the call was first reported for; for anybody else it is refused.';
comment on column private.calls.request_id is 'The request that the provider belonged to when the call was last reported.';
comment on column private.calls.call_id is 'Vapi''s id; null for what was reported before Vapi had the call.';
comment on column private.calls.called_at is 'When the call was created, or answered where only that is known; null where neither a source nor the id says so.';
comment on column private.calls.first_seen_at is 'Stands in for called_at while that is unknown.';
comment on column private.calls.call_status is 'How it stands, by all reports together.';
comment on column private.calls.reports is 'Source -> its report, as far as that source knows the call at the highest rank that it reported; without the words.';
comment on column private.calls.transcript is 'What was said, kept once: of the reports of the highest rank, words in which the other side is heard stand over others; else those of the source that stands higher.';
comment on column private.calls.transcript_source is 'Whose transcript that is.';
comment on column private.calls.is_heard is 'Whether somebody but the assistant speaks in it.';
comment on column private.calls.logged is 'The steps that are in the log: status -> whose turns its row has (turns_source, is_heard), and, of steps before the ending and of endings that another may stand over, the words that it has. Without a call id the key is the status and the report''s key.';
comment on column private.calls.kestra_reported_at is 'When Kestra last had something new to say of it.';
comment on column private.calls.vapi_webhook_reported_at is 'When Vapi''s webhook last had something new to say of it.';
comment on column private.calls.vapi_api_reported_at is 'When Vapi''s API last had something new to say of it or, noted once an hour at most, said that it is alive; or when the reconciler gave it up.';
comment on column private.calls.next_check_at is 'When Vapi is to be asked about the call, should nothing more be heard of it; null where there is nothing to ask. Set it to now() to have the call asked about in the next run.';
comment on column private.calls.checks is 'How often Vapi was asked since the last news.';
comment on column private.calls.scheduled_at is 'When it is to run at the earliest, as Vapi says; null: when it was created. Patience counts from here.';

-- Holds the calls that wait for something, and none of those that have ended.
create index calls_due_idx on private.calls (next_check_at) where next_check_at is not null;

-- "The calls of a provider", as every save asks.
create index calls_provider_id_idx on private.calls (provider_id);

create unique index calls_one_row_for_what_precedes_the_call on private.calls (provider_id) where call_id is null;

-- "Of the last week", as call_health asks: a few pages, as rows lie in the order in which they came, and no write with
-- each of them.
create index calls_first_seen_at_idx on private.calls using brin (first_seen_at);

alter table private.calls enable row level security;

revoke all on private.calls from public, anon, authenticated;
grant select, insert, update, delete on private.calls to service_role;
