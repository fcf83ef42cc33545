create or replace function public.save_call_result(
  provider_id uuid,
  service_request_id uuid,
  source public.call_source,
  call_status public.call_status,
  call_id text default null,
  call_method text default null,
  created_at timestamptz default null,
  started_at timestamptz default null,
  duration_minutes numeric default null,
  cost numeric default null,
  ended_reason text default null,
  summary text default null,
  success_evaluation text default null,
  structured_data jsonb default null,
  transcript text default null,
  turns jsonb default null,
  recording_url text default null,
  error text default null,
  message text default null,
  idempotency_key text default null
) returns public.saved_call_result
language plpgsql
set search_path = ''
-- Times are kept as text in reports: always in the same zone.
set timezone = 'UTC'
as $$
declare
  provider public.providers;
  shown public.providers;
  call private.calls;
  report jsonb;
  logged text;
  is_changed boolean;
  request_status public.request_status;
  outcome public.save_outcome;
begin
  -- Guard: what the tables would refuse, said clearly.
  if call_id is null and call_status not in ('queued', 'error') then
    raise exception 'an event of status % needs a call id', call_status
      using errcode = 'PT422', detail = 'invalid_payload';
  end if;

  -- Lock: first the request, then the provider, as everybody does. The request's lock puts its events in a row, the
  -- provider's keeps the application from changing or deleting it meanwhile.
  select r.status into request_status
  from public.service_requests r
  where r.id = service_request_id
  for no key update;

  select p.* into provider
  from public.providers p
  where p.id = save_call_result.provider_id
  for no key update;

  if not found then
    raise exception 'there is no provider %', save_call_result.provider_id
      using errcode = 'PT404', detail = 'unknown_provider';
  elsif provider.request_id <> service_request_id then
    raise exception 'provider % belongs to another request', provider.id
      using errcode = 'PT409', detail = 'wrong_request';
  end if;

  -- Write: the report, its log row, the provider's row, the request's status.
  report := json_object(
    'call_status' value call_status,
    'call_method' value coalesce(call_method, case source when 'kestra' then 'kestra' end),
    'called_at' value created_at,
    'started_at' value started_at,
    'call_duration_minutes' value duration_minutes,
    'call_cost' value cost,
    'call_ended_reason' value ended_reason,
    'call_result' value nullif(structured_data, 'null'),
    'call_summary' value summary,
    'call_success_evaluation' value success_evaluation,
    'call_transcript' value transcript,
    'turns' value nullif(turns, 'null'),
    'call_recording_url' value recording_url,
    'call_error' value error,
    'message' value message
    absent on null returning jsonb
  );

  call := private.record_report(provider.id, call_id, source, report);
  logged := private.log_report(provider, call, source, report, idempotency_key);
  shown := private.show_newest_call(provider, call);
  is_changed := shown is distinct from provider;
  if is_changed then
    request_status := private.settle_request(provider.request_id, request_status, shown.call_status);
  end if;

  -- Every final status ranks as the first of them.
  outcome := case
    when not is_changed and logged is null then 'duplicate'
    when shown.call_id is distinct from call.call_id then 'superseded'
    when least(call_status, 'completed') < least(shown.call_status, 'completed') then 'superseded'
    when provider.call_status is null or provider.call_id is distinct from shown.call_id then 'applied'
    when least(provider.call_status, 'completed') < least(shown.call_status, 'completed') then 'applied'
    when is_changed or logged = 'completed' then 'enriched'
    else 'superseded'
  end;

  return row(outcome, provider.id, provider.request_id, call_id, shown.call_status, request_status);
end;
$$;
