create function private.add_report(
  known private.calls,
  source public.call_source,
  report jsonb,
  transcript text,
  is_heard boolean
) returns private.calls
language plpgsql stable parallel safe
set search_path = ''
as $$
declare
  call private.calls := known;
  earlier constant jsonb := known.reports -> source::text;
  -- Every final status ranks as the first of them.
  reported_rank constant public.call_status := least((report ->> 'call_status')::public.call_status, 'completed');
  merged jsonb;
begin
  report := case
    when earlier is null then report
    -- Without a call, what stands is only ever replaced by what is further, queued by error; others say at most who
    -- and when.
    when known.call_id is null and (report ->> 'call_status' = 'queued' or earlier ->> 'call_status' = 'error')
      then private.report_identity(report) || earlier
    -- Of what one source says twice, Vapi's newer word stands, and Kestra's older one.
    when source = 'kestra' then private.merge_reports(report, earlier)
    else private.merge_reports(earlier, report)
  end;
  if report is distinct from earlier then
    call.reports := known.reports || jsonb_build_object(source, report);
    merged := private.call_report(call.reports);
    call.call_status := merged ->> 'call_status';
    call.called_at := private.called_at(call.call_id, merged);
  end if;

  -- Words count at the rank at which they were reported.
  if known.transcript is not null and least(call.call_status, 'completed') > least(known.call_status, 'completed') then
    call.transcript := null;
    call.transcript_source := null;
    call.is_heard := null;
  end if;
  if
    transcript is not null
    and reported_rank = least(call.call_status, 'completed')
    and private.words_stand(is_heard, source, call.is_heard, call.transcript_source)
  then
    call.transcript := transcript;
    call.transcript_source := source;
    call.is_heard := is_heard;
  end if;

  if merged is not null or call.transcript is distinct from known.transcript then
    call.checks := 0;
    call.next_check_at := private.next_check_at(call, coalesce(merged, private.call_report(call.reports)));
    case source
      when 'kestra' then call.kestra_reported_at := clock_timestamp();
      when 'vapi_webhook' then call.vapi_webhook_reported_at := clock_timestamp();
      when 'vapi_api' then call.vapi_api_reported_at := clock_timestamp();
    end case;
  end if;
  return call;
end;
$$;

comment on function private.add_report(private.calls, public.call_source, jsonb, text, boolean) is 'A call with a report, and its words, added to what is known of it, and the date of its next check; the same call where the report says nothing new.';

revoke all on function private.add_report(private.calls, public.call_source, jsonb, text, boolean) from public, anon, authenticated;
grant execute on function private.add_report(private.calls, public.call_source, jsonb, text, boolean) to service_role;
