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
);

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
