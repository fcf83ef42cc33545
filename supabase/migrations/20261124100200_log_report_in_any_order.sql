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
  is_ending constant boolean := private.call_status_rank(reported) = 4;
  said jsonb := report;
  words text;
  sentence text;
  is_inserted boolean;
begin
  if call.call_id is not null then
    idempotency_key := null;
    -- The row of an ending holds what all sources say of it.
    if is_ending then
      said := coalesce(private.call_report(call.reports, reported), report);
    end if;
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
  sentence := private.report_sentence(said);

  insert into public.interaction_logs as l (
    request_id, provider_id, step_name, status, detail, transcript, call_id, call_status, source, idempotency_key
  )
  values (
    provider.request_id,
    provider.id,
    'Call to ' || provider.name,
    private.log_status(reported),
    coalesce(words, sentence),
    said -> 'turns',
    call.call_id,
    reported,
    source,
    idempotency_key
  )
  -- Of a step before the ending no report is kept: words stand over the plain sentence, and of two that differ the
  -- same one whichever came first; so does the longer conversation.
  on conflict (call_id, call_status) where call_id is not null do update
  set
    detail = case when is_ending or l.detail = sentence then excluded.detail else greatest(l.detail, words) end,
    transcript = case when is_ending then excluded.transcript else greatest(l.transcript, excluded.transcript) end
  where
    case
      when is_ending then (l.detail, l.transcript) is distinct from (excluded.detail, excluded.transcript)
      else l.detail < words or l.detail = sentence and words <> sentence
        or l.transcript is distinct from greatest(l.transcript, excluded.transcript)
    end
  -- A row that an update wrote carries the updating transaction in xmax.
  returning xmax = 0 into is_inserted;

  return case is_inserted when true then 'inserted' when false then 'completed' end;
end;
$$;
