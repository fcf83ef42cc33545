create function private.is_complete(report jsonb, has_words boolean) returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return report ->> 'call_cost' is not null and (
    report ->> 'started_at' is null
    or coalesce(
      has_words
      and (report ->> 'call_cost')::numeric > 0
      and report ->> 'call_summary' ~ '\S'
      and report ->> 'call_result' ~ '\S'
      and report -> 'call_result' not in ('{}', '[]'),
      false
    )
  );
end;
$$;

comment on function private.is_complete(jsonb, boolean) is 'Whether nothing is missing of an ending: its cost and, where the call was answered, a cost above 0, words, summary and structured data. In TypeScript: isComplete.';

revoke all on function private.is_complete(jsonb, boolean) from public, anon, authenticated;
grant execute on function private.is_complete(jsonb, boolean) to service_role;

create function private.next_check_at(call private.calls, report jsonb) returns timestamptz
language plpgsql stable parallel safe
set search_path = ''
as $$
declare
  status constant public.call_status := report ->> 'call_status';
  stage constant text := private.stage(status);
begin
  return case
    -- What Vapi's API said last is its last word; so is what the reconciler says when it gives up.
    when (call.reports -> 'vapi_api' ->> 'call_status')::public.call_status >= 'error' then null
    when call.call_id is null then
      case status when 'queued' then call.first_seen_at + interval '1 hour' end
    -- Ringing takes up to a minute, a call up to ten, and Vapi's report of it up to two more.
    when stage = 'open' then greatest(
      greatest(least(call.called_at, call.first_seen_at), call.scheduled_at) + interval '13 minutes',
      now() + interval '2 minutes'
    )
    when stage = 'provisional' then now() + interval '2 minutes'
    when not private.is_complete(report, call.transcript is not null) then now() + interval '5 minutes'
  end;
end;
$$;

comment on function private.next_check_at(private.calls, jsonb) is 'When Vapi is to be asked about a call of which this is known: once an open one should have ended, soon where its ending is unknown or is not complete; null where nothing is missing. Of what precedes a call: when it counts as never dialled.';

revoke all on function private.next_check_at(private.calls, jsonb) from public, anon, authenticated;
grant execute on function private.next_check_at(private.calls, jsonb) to service_role;
