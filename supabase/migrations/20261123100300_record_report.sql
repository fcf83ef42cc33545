create or replace function private.record_report(
  provider_id uuid,
  call_id text,
  source public.call_source,
  report jsonb
) returns private.calls
language plpgsql
set search_path = ''
as $$
declare
  call private.calls;
  known jsonb;
  merged jsonb;
begin
  select c.* into call
  from private.calls c
  where c.provider_id = record_report.provider_id and c.call_id is not distinct from record_report.call_id;

  if not found then
    call.provider_id := record_report.provider_id;
    call.call_id := record_report.call_id;
    call.called_at := private.called_at(call.call_id, report);
    call.first_seen_at := clock_timestamp();
    call.reports := jsonb_build_object(source, report);
    call.checks := 0;
    call.next_check_at := private.next_check_at(call, report);
    insert into private.calls (provider_id, call_id, called_at, first_seen_at, reports, checks, next_check_at)
    values (
      call.provider_id, call.call_id, call.called_at, call.first_seen_at, call.reports, call.checks, call.next_check_at
    )
    on conflict on constraint a_call_belongs_to_one_provider do nothing;

    if not found then
      raise exception 'call % belongs to another provider', record_report.call_id
        using errcode = 'PT409', detail = 'wrong_call';
    end if;
    return call;
  end if;

  known := call.reports -> source::text;
  report := case
    when known is null then report
    -- Without a call, what stands is only ever replaced by what is further, queued by error; others say at most who
    -- and when.
    when call.call_id is null and (report ->> 'call_status' = 'queued' or known ->> 'call_status' = 'error')
      then private.report_identity(report) || known
    -- Of what one source says twice, Vapi's newer word stands, and Kestra's older one.
    when source = 'kestra' then private.merge_reports(report, known)
    else private.merge_reports(known, report)
  end;

  if report is distinct from known then
    call.reports := jsonb_set(call.reports, array[source::text], report);
    merged := private.call_report(call.reports);
    call.called_at := private.called_at(call.call_id, merged);
    call.checks := 0;
    call.next_check_at := private.next_check_at(call, merged);
    update private.calls c
    set
      reports = call.reports,
      called_at = call.called_at,
      checks = call.checks,
      next_check_at = call.next_check_at
    where c.provider_id = call.provider_id and c.call_id is not distinct from call.call_id;
  end if;
  return call;
end;
$$;

comment on function private.record_report(uuid, text, public.call_source, jsonb) is 'Adds a report to what is known of its call, dates the call''s next check, and returns the call. The caller holds the provider''s lock.';
