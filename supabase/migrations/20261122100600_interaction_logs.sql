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

  constraint a_call_step_names_provider_and_source check (
    call_status is null or num_nulls(provider_id, source) = 0
  ),
  constraint only_queued_and_error_have_no_call_id check (
    call_id is not null or call_status is null or call_status in ('queued', 'error')
  ),
  constraint without_a_call_id_a_key_tells_events_apart check (
    call_status is null or num_nonnulls(call_id, idempotency_key) = 1
  ),
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
comment on column public.interaction_logs.idempotency_key is 'Tells events without a call id apart: the Idempotency-Key header, else a digest of the event.';
comment on column public.interaction_logs.created_at is 'When it was saved.';

-- "The newest log rows of a request", as the README and the frontend ask.
create index interaction_logs_request_id_created_at_idx
on public.interaction_logs (request_id, created_at desc);

create unique index interaction_logs_one_row_for_each_call_and_status
on public.interaction_logs (call_id, call_status) where call_id is not null;

-- Also what deleting a provider looks up.
create unique index interaction_logs_one_row_for_each_event_without_a_call
on public.interaction_logs (provider_id, call_status, idempotency_key);

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
