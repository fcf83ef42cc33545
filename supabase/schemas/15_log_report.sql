create function private.report_sentence(report jsonb) returns text
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return case report ->> 'call_status'
    when 'queued' then 'The call is waiting to be answered.'
    when 'in_progress' then 'The call was answered.'
    when 'timeout' then 'The call was not seen to end in time; its result may still arrive.'
    when 'error' then 'The workflow around the call failed.'
    when 'completed' then
      case report ->> 'evidence'
        when 'wordless' then 'The call was answered; what was said is not known.'
        else 'The conversation took place.'
      end
    when 'no_answer' then 'Nobody answered.'
    when 'voicemail' then 'The call reached a voicemail.'
    when 'busy' then 'The line was busy.'
    when 'canceled' then 'The call was canceled.'
    when 'failed' then
      case
        when report ? 'call_ended_reason' and not private.is_unheard(report)
          then 'The call failed: ' || (report ->> 'call_ended_reason') || '.'
        else 'The call failed.'
      end
  end;
end;
$$;

comment on function private.report_sentence(jsonb) is 'One plain sentence for the log, for a report that has no words of its own.';

revoke all on function private.report_sentence(jsonb) from public, anon, authenticated;
grant execute on function private.report_sentence(jsonb) to service_role;

create function private.report_words(report jsonb) returns text
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return coalesce(report ->> 'call_summary', report ->> 'call_error', report ->> 'message');
end;
$$;

comment on function private.report_words(jsonb) is 'A report''s own words for the log; null where it has none.';

revoke all on function private.report_words(jsonb) from public, anon, authenticated;
grant execute on function private.report_words(jsonb) to service_role;

create type private.logged_report as (
  did text,
  memory jsonb
);

comment on type private.logged_report is 'What logging a report did (inserted, completed, or null for nothing), and what the call is to remember of it.';

create function private.log_report(
  target private.locked_provider,
  known private.calls,
  call private.calls,
  source public.call_source,
  report jsonb,
  turns jsonb,
  is_heard boolean,
  idempotency_key text
) returns private.logged_report
language plpgsql
set search_path = ''
as $$
declare
  status constant public.call_status := report ->> 'call_status';
  is_ending constant boolean := call.call_id is not null and private.stage(status) = 'final';
  is_certain constant boolean := is_ending and not private.is_unheard(report);
  step text := status;
  logged jsonb;
  full_report jsonb;
  memory jsonb;
  did text;
begin
  if call.call_id is null then
    idempotency_key := coalesce(idempotency_key, encode(sha256(convert_to(report::text, 'UTF8')), 'hex'));
    step := concat_ws(' ', status, idempotency_key);
    if known.logged ? step or private.is_log_full(known.logged) then
      return null;
    end if;
  else
    idempotency_key := null;
  end if;
  logged := known.logged -> step;
  if
    turns is not null
    and not private.words_stand(
      is_heard, source, (logged ->> 'is_heard')::boolean, (logged ->> 'turns_source')::public.call_source
    )
  then
    turns := null;
  end if;
  memory := json_object(
    -- Of a step before the ending, and of an ending that another may stand over, no report is kept: words stand over
    -- the plain sentence, and of two that differ the same one whichever came first.
    'words' value case
      when is_certain then logged ->> 'words'
      else greatest(logged ->> 'words', private.report_words(report))
    end,
    'turns_source' value case when turns is null then logged ->> 'turns_source' else source::text end,
    'is_heard' value case when turns is null then (logged ->> 'is_heard')::boolean else is_heard end
    absent on null returning jsonb
  );

  -- The row of an ending says what all sources say to whom it certainly ended so.
  if is_ending then
    full_report := private.call_report(call.reports, status);
  end if;
  if is_certain then
    full_report := coalesce(full_report, report);
  end if;
  if
    logged is not null
    and turns is null
    and memory = logged
    and (not is_ending or full_report is not distinct from private.call_report(known.reports, status))
  then
    return null;
  end if;

  did := case
    when not private.log_call(
      target,
      is_new => logged is null,
      call_id => call.call_id,
      call_status => status,
      source => source,
      idempotency_key => idempotency_key,
      detail => coalesce(
        private.report_words(full_report), memory ->> 'words', private.report_sentence(coalesce(full_report, report))
      ),
      turns => turns
    ) then null
    when logged is null then 'inserted'
    else 'completed'
  end;
  return row(did, jsonb_build_object(step, memory));
end;
$$;

comment on function private.log_report(private.locked_provider, private.calls, private.calls, public.call_source, jsonb, jsonb, boolean, text) is 'Logs a report once for its (call, status), or completes that row with what comes late. The caller holds the provider''s lock.';

revoke all on function private.log_report(private.locked_provider, private.calls, private.calls, public.call_source, jsonb, jsonb, boolean, text) from public, anon, authenticated;
grant execute on function private.log_report(private.locked_provider, private.calls, private.calls, public.call_source, jsonb, jsonb, boolean, text) to service_role;
