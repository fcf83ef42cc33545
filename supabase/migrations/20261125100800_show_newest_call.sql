drop function private.show_newest_call(public.providers);

create function private.show_newest_call(provider public.providers, call private.calls) returns public.providers
language plpgsql
set search_path = ''
as $$
declare
  newest private.calls := call;
  shown public.providers;
begin
  -- The call that is shown stays the newest while its date stands.
  if
    call.call_id is null
    or provider.call_id is distinct from call.call_id
    or provider.called_at is distinct from call.called_at
  then
    -- What was reported before there was a call is older than any call.
    select c.* into newest
    from private.calls c
    where c.provider_id = provider.id
    order by (c.call_id is not null) desc, coalesce(c.called_at, c.first_seen_at) desc, c.call_id desc
    limit 1;
  end if;

  shown := jsonb_populate_record(provider, '{
    "call_method": "direct_vapi", "call_result": null, "call_success_evaluation": null, "call_transcript": null,
    "call_summary": null, "call_duration_minutes": null, "call_cost": null, "call_ended_reason": null,
    "call_error": null, "call_recording_url": null
  }');
  shown := jsonb_populate_record(shown, private.call_report(newest.reports));
  shown.call_id := newest.call_id;
  shown.called_at := newest.called_at;

  if shown is distinct from provider then
    update public.providers p
    set
      call_status = shown.call_status,
      call_id = shown.call_id,
      call_method = shown.call_method,
      call_result = shown.call_result,
      call_success_evaluation = shown.call_success_evaluation,
      call_transcript = shown.call_transcript,
      call_summary = shown.call_summary,
      call_duration_minutes = shown.call_duration_minutes,
      call_cost = shown.call_cost,
      call_ended_reason = shown.call_ended_reason,
      call_error = shown.call_error,
      call_recording_url = shown.call_recording_url,
      called_at = shown.called_at
    where p.id = provider.id;
  end if;
  return shown;
end;
$$;

comment on function private.show_newest_call(public.providers, private.calls) is 'Brings a provider''s row in line with what is known of the newest of its calls, one of which was just reported, and returns it. The caller holds the provider''s lock.';

revoke all on function private.show_newest_call(public.providers, private.calls) from public, anon, authenticated;
grant execute on function private.show_newest_call(public.providers, private.calls) to service_role;
