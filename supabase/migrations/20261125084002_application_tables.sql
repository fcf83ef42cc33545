create type public.request_status as enum ('pending', 'calling', 'completed', 'failed');

create type public.log_status as enum ('info', 'success', 'warning', 'error');

comment on type public.request_status is 'Follows from the call statuses of the request''s providers.';
comment on type public.log_status is 'How an interaction log row is to be shown.';

create function private.touch_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Later than before, even where the clock was set back: who has several versions keeps the one that is dated last.
  new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  return new;
end;
$$;

comment on function private.touch_updated_at() is 'Trigger: dates a row that is about to change.';

revoke all on function private.touch_updated_at() from public, anon, authenticated;

create table public.service_requests (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id) on delete set null,
  title text,
  service_needed text,
  criteria text,
  location text,
  status public.request_status not null default 'pending',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.service_requests is 'What a customer asked the concierge for.';
comment on column public.service_requests.id is 'serviceRequestId on the wire.';
comment on column public.service_requests.user_id is 'The customer, who alone sees the request; null: nobody but the backend does.';
comment on column public.service_requests.title is 'What the customer calls it.';
comment on column public.service_requests.service_needed is 'The trade, for example plumber.';
comment on column public.service_requests.criteria is 'What a provider must fulfil, in the customer''s words.';
comment on column public.service_requests.location is 'Where the service is needed.';
comment on column public.service_requests.status is 'pending until a provider is called; calling while a call is open; then completed if a conversation took place, else failed.';
comment on column public.service_requests.created_at is 'When the customer asked.';
comment on column public.service_requests.updated_at is 'Moves only when something changed.';

create index service_requests_user_id_idx on public.service_requests (user_id);

create trigger touch_updated_at before update on public.service_requests
for each row when (old.* is distinct from new.*)
execute function private.touch_updated_at();

alter table public.service_requests enable row level security;

create policy "Customers see their own requests" on public.service_requests
for select to authenticated
using (user_id = (select auth.uid()));

revoke all on public.service_requests from public, anon, authenticated;
grant select on public.service_requests to authenticated;
grant select, insert, update, delete on public.service_requests to service_role;

create table public.providers (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null references public.service_requests (id) on delete cascade,
  name text not null,
  phone text,
  call_status public.call_status,
  call_id text,
  call_method text,
  call_result jsonb,
  call_success_evaluation text,
  call_transcript text,
  call_summary text,
  call_duration_minutes numeric,
  call_cost numeric,
  call_ended_reason text,
  call_error text,
  call_recording_url text,
  called_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint call_columns_wait_for_a_first_try check (
    call_status is not null
    or num_nonnulls(
      call_id, call_method, call_result, call_success_evaluation, call_transcript, call_summary,
      call_duration_minutes, call_cost, call_ended_reason, call_error, call_recording_url, called_at
    ) = 0
  ),
  constraint only_queued_and_error_have_no_call_id check (
    call_id is not null or call_status is null or call_status in ('queued', 'error')
  ),
  constraint call_method_is_known check (call_method in ('kestra', 'direct_vapi')),
  constraint call_duration_is_not_negative check (call_duration_minutes >= 0),
  constraint call_cost_is_not_negative check (call_cost >= 0)
)
-- A call's row is written three times: with room on its page, a new version needs no new entries in the indexes.
with (fillfactor = 70);

comment on table public.providers is 'A service provider found for a request, and what its newest call brought.';
comment on column public.providers.id is 'providerId on the wire.';
comment on column public.providers.request_id is 'The request that the provider was found for.';
comment on column public.providers.name is 'As the log shows it.';
comment on column public.providers.phone is 'E.164, for example +15550101212.';
comment on column public.providers.call_status is 'Null until first tried. Written by save_call_result alone, like every column that starts with call.';
comment on column public.providers.call_id is 'Vapi''s id of the newest call; null while none was placed.';
comment on column public.providers.call_method is 'Who placed the call: kestra, or direct_vapi.';
comment on column public.providers.call_result is 'The structured data of Vapi''s analysis.';
comment on column public.providers.call_success_evaluation is 'Vapi''s verdict on the call''s goal, as it came: true, false, or a grade.';
comment on column public.providers.call_transcript is 'The conversation as text, a line for each turn.';
comment on column public.providers.call_summary is 'Vapi''s summary of the conversation.';
comment on column public.providers.call_duration_minutes is 'From the answer to the end, in minutes.';
comment on column public.providers.call_cost is 'In USD.';
comment on column public.providers.call_ended_reason is 'Vapi''s own words for how the call ended.';
comment on column public.providers.call_error is 'What went wrong around the call.';
comment on column public.providers.call_recording_url is 'May expire: Vapi signs its URLs for a limited time.';
comment on column public.providers.called_at is 'When the call was created, or answered where only that is known.';
comment on column public.providers.created_at is 'When the provider was found.';
comment on column public.providers.updated_at is 'Moves only when something changed.';

create index providers_request_id_idx on public.providers (request_id);

create trigger touch_updated_at before update on public.providers
for each row when (old.* is distinct from new.*)
execute function private.touch_updated_at();

alter table public.providers enable row level security;

create policy "Customers see the providers of their requests" on public.providers
for select to authenticated
using (
  exists (
    select from public.service_requests r
    where r.id = providers.request_id and r.user_id = (select auth.uid())
  )
);

revoke all on public.providers from public, anon, authenticated;
grant select on public.providers to authenticated;
grant select, insert, update, delete on public.providers to service_role;

create table public.interaction_logs (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null references public.service_requests (id) on delete cascade,
  provider_id uuid references public.providers (id) on delete cascade,
  step_name text not null,
  status public.log_status not null,
  detail text,
  transcript jsonb,
  call_id text,
  call_status public.call_status,
  source public.call_source,
  idempotency_key text,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),

  constraint transcript_is_a_list_of_turns check (jsonb_typeof(transcript) = 'array')
);

comment on table public.interaction_logs is 'What happened to a request, step by step. One row for each (call, status).';
comment on column public.interaction_logs.id is 'Identifies the step.';
comment on column public.interaction_logs.request_id is 'The request that the step served.';
comment on column public.interaction_logs.provider_id is 'The provider who was called.';
comment on column public.interaction_logs.step_name is 'For a call: Call to NAME.';
comment on column public.interaction_logs.status is 'success: completed; info: queued, in_progress; error: failed, error; warning: the rest.';
comment on column public.interaction_logs.detail is 'The call''s summary, or one plain sentence.';
comment on column public.interaction_logs.transcript is 'The conversation in turns: [{"speaker", "text"}].';
comment on column public.interaction_logs.call_id is 'Vapi''s id of the call; null for what was reported before there was one.';
comment on column public.interaction_logs.call_status is 'What was reported of the call.';
comment on column public.interaction_logs.source is 'Who reported it first.';
comment on column public.interaction_logs.idempotency_key is 'Tells reports without a call id apart: the Idempotency-Key header, else a digest of the report.';
comment on column public.interaction_logs.created_at is 'When it was saved.';
comment on column public.interaction_logs.updated_at is 'Moves only when something changed.';

-- "The newest log rows of a request", as the README and the frontend ask.
create index interaction_logs_request_id_created_at_idx
on public.interaction_logs (request_id, created_at desc);

create unique index interaction_logs_one_row_for_each_call_and_status
on public.interaction_logs (call_id, call_status) where call_id is not null;

-- Also what deleting a provider looks up.
create unique index interaction_logs_one_row_for_each_report_without_a_call
on public.interaction_logs (provider_id, call_status, idempotency_key);

create trigger touch_updated_at before update on public.interaction_logs
for each row when (old.* is distinct from new.*)
execute function private.touch_updated_at();

alter table public.interaction_logs enable row level security;

create policy "Customers see the log of their requests" on public.interaction_logs
for select to authenticated
using (
  exists (
    select from public.service_requests r
    where r.id = interaction_logs.request_id and r.user_id = (select auth.uid())
  )
);

revoke all on public.interaction_logs from public, anon, authenticated;
grant select on public.interaction_logs to authenticated;
grant select, insert, update, delete on public.interaction_logs to service_role;

alter publication supabase_realtime
add table public.service_requests, public.providers, public.interaction_logs;
