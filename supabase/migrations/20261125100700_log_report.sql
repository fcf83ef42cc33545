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
  is_ending constant boolean := reported >= 'completed';
  said jsonb := report;
  words text;
  turns jsonb;
  logged public.interaction_logs;
begin
  if call.call_id is not null then
    idempotency_key := null;
    -- The row of an ending holds what all sources say of it.
    if is_ending then
      said := coalesce(private.call_report(call.reports, reported), report);
    end if;
    select l.* into logged
    from public.interaction_logs l
    where l.call_id = call.call_id and l.call_status = reported;
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
  words := coalesce(said ->> 'call_summary', said ->> 'call_error', said ->> 'message');
  turns := said -> 'turns';

  -- The provider's lock is held: nobody else logs this call meanwhile.
  if logged.id is null then
    insert into public.interaction_logs (
      request_id, provider_id, step_name, status, detail, transcript, call_id, call_status, source, idempotency_key
    )
    values (
      provider.request_id,
      provider.id,
      'Call to ' || provider.name,
      private.log_status(reported),
      coalesce(words, private.report_sentence(said)),
      turns,
      call.call_id,
      reported,
      source,
      idempotency_key
    );
    return 'inserted';
  end if;

  -- Of a step before the ending no report is kept: words stand over the plain sentence, and of two that differ the
  -- same one whichever came first; so does the longer conversation.
  if not is_ending then
    turns := greatest(logged.transcript, turns);
    if logged.detail <> private.report_sentence(said) then
      words := greatest(logged.detail, words);
    end if;
  end if;
  words := coalesce(words, private.report_sentence(said));

  if (logged.detail, logged.transcript) is distinct from (words, turns) then
    update public.interaction_logs l set detail = words, transcript = turns where l.id = logged.id;
    return 'completed';
  end if;
  return null;
end;
$$;

comment on function private.log_report(public.providers, private.calls, public.call_source, jsonb, text) is 'Logs a report once for its (call, status), or completes that row with what comes late. Says what it did: inserted, completed, or null for nothing. The caller holds the provider''s lock.';
