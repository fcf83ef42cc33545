create function private.log_report(
  provider public.providers,
  call private.calls,
  source public.call_source,
  report jsonb,
  idempotency_key text
) returns text
language plpgsql
set search_path = ''
as $$
declare
  reported constant public.call_status := report ->> 'call_status';
  said jsonb;
  is_inserted boolean;
begin
  if call.call_id is not null then
    idempotency_key := null;
    -- The row of a status holds what all sources say of this very status.
    said := private.call_report(call.reports, reported);
  else
    idempotency_key := coalesce(idempotency_key, encode(sha256(convert_to(report::text, 'UTF8')), 'hex'));
    if exists (
      select from public.interaction_logs l
      where
        l.provider_id = provider.id
        and l.call_status = reported
        and l.idempotency_key = log_report.idempotency_key
    ) then
      return null;
    end if;
  end if;
  said := coalesce(said, report);

  insert into public.interaction_logs as l (
    request_id, provider_id, step_name, status, detail, transcript, call_id, call_status, source, idempotency_key
  )
  values (
    provider.request_id,
    provider.id,
    'Call to ' || provider.name,
    private.log_status(reported),
    coalesce(said ->> 'call_summary', said ->> 'call_error', said ->> 'message', private.report_sentence(said)),
    said -> 'turns',
    call.call_id,
    reported,
    source,
    idempotency_key
  )
  -- Only an ending gains anything by what comes late.
  on conflict (call_id, call_status) where call_id is not null do update
  set detail = excluded.detail, transcript = excluded.transcript
  where
    private.call_status_rank(excluded.call_status) = 4
    and (l.detail, l.transcript) is distinct from (excluded.detail, excluded.transcript)
  -- A row that an update wrote carries the updating transaction in xmax.
  returning xmax = 0 into is_inserted;

  return case is_inserted when true then 'inserted' when false then 'completed' end;
end;
$$;

comment on function private.log_report(public.providers, private.calls, public.call_source, jsonb, text) is 'Logs a report once for its (call, status), or completes that row with what comes late. Says what it did: inserted, completed, or null for nothing.';

revoke all on function private.log_report(public.providers, private.calls, public.call_source, jsonb, text) from public, anon, authenticated;
grant execute on function private.log_report(public.providers, private.calls, public.call_source, jsonb, text) to service_role;
