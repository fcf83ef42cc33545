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
    when 'completed' then 'The conversation took place.'
    when 'no_answer' then 'Nobody answered.'
    when 'voicemail' then 'The call reached a voicemail.'
    when 'busy' then 'The line was busy.'
    when 'canceled' then 'The call was canceled.'
    when 'failed' then coalesce('The call failed: ' || (report ->> 'call_ended_reason') || '.', 'The call failed.')
  end;
end;
$$;

comment on function private.report_sentence(jsonb) is 'One plain sentence for the interaction log, for a report that has no words of its own.';

revoke all on function private.report_sentence(jsonb) from public, anon, authenticated;
grant execute on function private.report_sentence(jsonb) to service_role;
