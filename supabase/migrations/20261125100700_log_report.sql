create or replace function private.log_report(
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
  said jsonb := report;
  words text;
  is_logged boolean;
begin
  if call.call_id is not null then
    idempotency_key := null;
    -- The row of a status holds what all sources say of this very status.
    said := coalesce(private.call_report(call.reports, reported), report);
    is_logged := exists (
      select from public.interaction_logs l where l.call_id = call.call_id and l.call_status = reported
    );
  else
    idempotency_key := coalesce(idempotency_key, encode(sha256(convert_to(report::text, 'UTF8')), 'hex'));
    is_logged := exists (
      select from public.interaction_logs l
      where
        l.provider_id = provider.id
        and l.call_status = reported
        and l.idempotency_key = log_report.idempotency_key
    );
  end if;
  words := coalesce(said ->> 'call_summary', said ->> 'call_error', said ->> 'message', private.report_sentence(said));

  -- The provider's lock is held: nobody else logs this call meanwhile.
  if not is_logged then
    insert into public.interaction_logs (
      request_id, provider_id, step_name, status, detail, transcript, call_id, call_status, source, idempotency_key
    )
    values (
      provider.request_id,
      provider.id,
      'Call to ' || provider.name,
      private.log_status(reported),
      words,
      said -> 'turns',
      call.call_id,
      reported,
      source,
      idempotency_key
    );
    return 'inserted';
  end if;

  -- Only an ending gains anything by what comes late.
  if reported >= 'completed' then
    update public.interaction_logs l
    set detail = words, transcript = said -> 'turns'
    where
      l.call_id = call.call_id
      and l.call_status = reported
      and (l.detail, l.transcript) is distinct from (words, said -> 'turns');
    if found then
      return 'completed';
    end if;
  end if;
  return null;
end;
$$;

comment on function private.log_report(public.providers, private.calls, public.call_source, jsonb, text) is 'Logs a report once for its (call, status), or completes that row with what comes late. Says what it did: inserted, completed, or null for nothing. The caller holds the provider''s lock.';
