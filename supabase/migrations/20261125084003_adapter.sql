-- The only functions that know the application's tables. Whoever has other tables replaces them, and nothing else: what
-- each has to do is in its comment.

-- A provider that is deleted takes its calls along.
alter table private.calls
add constraint calls_provider_id_fkey foreign key (provider_id) references public.providers (id) on delete cascade;

create function private.lock_provider(provider_id uuid, request_id uuid) returns private.locked_provider
language plpgsql
set search_path = ''
as $$
declare
  target private.locked_provider;
begin
  -- FOR NO KEY UPDATE OF locks in the order of its list: the request, then the provider.
  select p.id, p.request_id, p.name, p.call_id, p.call_status, r.status into target
  from public.service_requests r
  join public.providers p on p.request_id = r.id
  where r.id = lock_provider.request_id and p.id = lock_provider.provider_id
  for no key update of r, p;

  if not found then
    select p.id, p.request_id into target.provider_id, target.request_id
    from public.providers p
    where p.id = lock_provider.provider_id;
  end if;
  return target;
end;
$$;

comment on function private.lock_provider(uuid, uuid) is 'Adapter: locks the request, then the provider, and says what their rows show. Without such a provider provider_id is null; of a provider of another request, only that request is said, and nothing is locked.';

create function private.request_of(provider_id uuid) returns uuid
language plpgsql stable
set search_path = ''
as $$
begin
  return (select p.request_id from public.providers p where p.id = request_of.provider_id);
end;
$$;

comment on function private.request_of(uuid) is 'Adapter: the request that a provider belongs to; null without such a provider.';

create function private.is_own_call_status(status text) returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return status in (
    'queued', 'in_progress', 'timeout', 'error', 'completed', 'no_answer', 'voicemail', 'busy', 'canceled', 'failed'
  );
end;
$$;

comment on function private.is_own_call_status(text) is 'Adapter: whether a call status is one that is written here. Any other is the application''s.';

create function private.shown_report(provider_id uuid) returns jsonb
language sql stable
set search_path = ''
as $$
  select json_object(
    -- What the application made of a call, it made of one that ended.
    'call_status' value case when private.is_own_call_status(p.call_status::text) then p.call_status else 'completed' end,
    'call_method' value p.call_method,
    'called_at' value p.called_at,
    'call_duration_minutes' value p.call_duration_minutes,
    'call_cost' value p.call_cost,
    'call_ended_reason' value p.call_ended_reason,
    'call_result' value p.call_result,
    'call_summary' value nullif(p.call_summary, ''),
    'call_success_evaluation' value p.call_success_evaluation,
    'call_transcript' value nullif(p.call_transcript, ''),
    'call_recording_url' value p.call_recording_url,
    'call_error' value p.call_error
    absent on null returning jsonb
  )
  from public.providers p
  where p.id = shown_report.provider_id;
$$;

comment on function private.shown_report(uuid) is 'Adapter: what a provider''s row says of the call that it shows, as a report.';

create function private.show_call(
  target private.locked_provider,
  call_id text,
  called_at timestamptz,
  report jsonb,
  transcript text
) returns boolean
language plpgsql
set search_path = ''
as $$
declare
  shown public.providers := jsonb_populate_record(null::public.providers, report);
begin
  shown.call_method := coalesce(shown.call_method, 'direct_vapi');
  -- A status that the application gave a call is the application's, until there is a newer call.
  if target.call_id is not distinct from show_call.call_id and not private.is_own_call_status(target.call_status) then
    shown.call_status := target.call_status;
  end if;

  update public.providers p
  set
    call_status = shown.call_status,
    call_id = show_call.call_id,
    call_method = shown.call_method,
    call_result = shown.call_result,
    call_success_evaluation = shown.call_success_evaluation,
    -- The row's own value, where it is the same: it is not written again.
    call_transcript = case
      when p.call_transcript is distinct from transcript then transcript else p.call_transcript
    end,
    call_summary = shown.call_summary,
    call_duration_minutes = shown.call_duration_minutes,
    call_cost = shown.call_cost,
    call_ended_reason = shown.call_ended_reason,
    call_error = shown.call_error,
    call_recording_url = shown.call_recording_url,
    called_at = show_call.called_at
  where
    p.id = target.provider_id
    and (
      p.call_status, p.call_id, p.call_method, p.call_result, p.call_success_evaluation, p.call_transcript,
      p.call_summary, p.call_duration_minutes, p.call_cost, p.call_ended_reason, p.call_error, p.call_recording_url,
      p.called_at
    ) is distinct from (
      shown.call_status, show_call.call_id, shown.call_method, shown.call_result, shown.call_success_evaluation,
      transcript, shown.call_summary, shown.call_duration_minutes, shown.call_cost, shown.call_ended_reason,
      shown.call_error, shown.call_recording_url, show_call.called_at
    );
  return found;
end;
$$;

comment on function private.show_call(private.locked_provider, text, timestamptz, jsonb, text) is 'Adapter: brings a provider''s row in line with what is known of its newest call: its report, and what was said. True where that changed something. Leaves a status alone that is the application''s own, while it is of the same call.';

create function private.log_status(status public.call_status) returns public.log_status
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return case
    when status = 'completed' then 'success'
    when status in ('queued', 'in_progress') then 'info'
    when status in ('failed', 'error') then 'error'
    when status in ('timeout', 'no_answer', 'voicemail', 'busy', 'canceled') then 'warning'
  end;
end;
$$;

comment on function private.log_status(public.call_status) is 'Adapter: how a call status is shown in the log.';

create function private.log_call(
  target private.locked_provider,
  is_new boolean,
  call_id text,
  call_status public.call_status,
  source public.call_source,
  idempotency_key text,
  detail text,
  turns jsonb
) returns boolean
language plpgsql
set search_path = ''
as $$
begin
  -- Somebody else may have written it.
  if is_new and not exists (
    select from public.interaction_logs l
    where l.call_id = log_call.call_id and l.call_status = log_call.call_status
  ) then
    insert into public.interaction_logs (
      request_id, provider_id, step_name, status, detail, transcript, call_id, call_status, source, idempotency_key
    )
    values (
      target.request_id,
      target.provider_id,
      'Call to ' || target.name,
      private.log_status(log_call.call_status),
      log_call.detail,
      turns,
      log_call.call_id,
      log_call.call_status,
      log_call.source,
      log_call.idempotency_key
    );
    return true;
  end if;

  update public.interaction_logs l
  set
    detail = log_call.detail,
    -- The row's own value, where it is the same: it is not written again.
    transcript = coalesce(nullif(turns, l.transcript), l.transcript)
  where
    l.call_id = log_call.call_id
    and l.call_status = log_call.call_status
    and (l.detail, l.transcript) is distinct from (log_call.detail, coalesce(turns, l.transcript));
  return found;
end;
$$;

comment on function private.log_call(private.locked_provider, boolean, text, public.call_status, public.call_source, text, text, jsonb) is 'Adapter: writes the log row of one (call, status) or, where it is not new, brings that row up to date. True where something was written.';

create function private.update_request_status(target private.locked_provider, call_status public.call_status) returns text
language plpgsql
set search_path = ''
as $$
declare
  settled public.request_status := 'calling';
begin
  -- A status that the application added is the application's to leave.
  if target.request_status not in ('pending', 'calling', 'completed', 'failed') then
    return target.request_status;
  end if;

  -- An open call decides it; without one, all providers do.
  if update_request_status.call_status not in ('queued', 'in_progress') then
    select case
      when bool_or(p.call_status in ('queued', 'in_progress')) then 'calling'
      when bool_or(p.call_status = 'completed' or not private.is_own_call_status(p.call_status::text)) then 'completed'
      else 'failed'
    end into settled
    from public.providers p
    where p.request_id = target.request_id and p.call_status is not null;
  end if;

  if settled::text <> target.request_status then
    update public.service_requests r set status = settled where r.id = target.request_id;
  end if;
  return settled;
end;
$$;

comment on function private.update_request_status(private.locked_provider, public.call_status) is 'Adapter: derives a request''s status from its providers, one of which has just come to this call status, and returns the status that the request then has. Leaves alone what is not ours to leave.';

revoke all on function
  private.lock_provider(uuid, uuid),
  private.request_of(uuid),
  private.is_own_call_status(text),
  private.shown_report(uuid),
  private.show_call(private.locked_provider, text, timestamptz, jsonb, text),
  private.log_status(public.call_status),
  private.log_call(private.locked_provider, boolean, text, public.call_status, public.call_source, text, text, jsonb),
  private.update_request_status(private.locked_provider, public.call_status)
from public, anon, authenticated;
grant execute on function
  private.lock_provider(uuid, uuid),
  private.request_of(uuid),
  private.is_own_call_status(text),
  private.shown_report(uuid),
  private.show_call(private.locked_provider, text, timestamptz, jsonb, text),
  private.log_status(public.call_status),
  private.log_call(private.locked_provider, boolean, text, public.call_status, public.call_source, text, text, jsonb),
  private.update_request_status(private.locked_provider, public.call_status)
to service_role;
