create function private.log_report(
  provider public.providers,
  call private.calls,
  source public.call_source,
  report jsonb,
  message text,
  turns jsonb,
  idempotency_key text
) returns text
language plpgsql
set search_path = ''
as $$
declare
  reported constant public.call_status := report ->> 'call_status';
  known jsonb;
begin
  if call.call_id is not null then
    idempotency_key := null;
  elsif idempotency_key is null then
    idempotency_key := encode(sha256(convert_to(jsonb_build_array(report, message)::text, 'UTF8')), 'hex');
  end if;

  insert into public.interaction_logs (
    request_id, provider_id, step_name, status, detail, transcript, call_id, call_status, source, idempotency_key
  )
  values (
    provider.request_id,
    provider.id,
    'Call to ' || provider.name,
    private.log_status(reported),
    coalesce(report ->> 'call_summary', message, private.report_sentence(report)),
    turns,
    call.call_id,
    reported,
    source,
    idempotency_key
  )
  on conflict do nothing;

  if found then
    return 'inserted';
  elsif call.call_id is null then
    return null;
  end if;

  -- Only what was said of this very status completes its row.
  select private.call_report(jsonb_object_agg(said.source, said.report)) into known
  from jsonb_each(call.reports) as said (source, report)
  where said.report ->> 'call_status' = reported::text;

  update public.interaction_logs l
  set detail = fuller.detail, transcript = fuller.transcript
  from (
    select
      o.id,
      coalesce(known ->> 'call_summary', o.detail) as detail,
      case log_report.source
        when 'kestra' then coalesce(o.transcript, turns)
        else coalesce(turns, o.transcript)
      end as transcript
    from public.interaction_logs o
    where o.call_id = call.call_id and o.call_status = reported
  ) as fuller
  where l.id = fuller.id and (l.detail, l.transcript) is distinct from (fuller.detail, fuller.transcript);

  return case when found then 'completed' end;
end;
$$;

comment on function private.log_report(public.providers, private.calls, public.call_source, jsonb, text, jsonb, text) is 'Logs a report once for its (call, status), or completes that row with what arrives late. Says what it did: inserted, completed, or null for nothing.';

revoke all on function private.log_report(public.providers, private.calls, public.call_source, jsonb, text, jsonb, text) from public, anon, authenticated;
grant execute on function private.log_report(public.providers, private.calls, public.call_source, jsonb, text, jsonb, text) to service_role;
