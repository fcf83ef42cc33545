create function private.remember_shown_call(target private.locked_provider) returns void
language plpgsql
set search_path = ''
as $$
declare
  call private.calls;
begin
  if
    target.call_status is null
    or exists (
      select from private.calls c
      where c.provider_id = target.provider_id and c.call_id is not distinct from target.call_id
    )
  then
    return;
  end if;

  call.provider_id := target.provider_id;
  call.request_id := target.request_id;
  call.call_id := target.call_id;
  call.first_seen_at := clock_timestamp();
  call.reports := '{}';
  -- Whoever wrote it, a source of ours that says otherwise stands over it.
  call := private.add_report(call, 'kestra', private.shown_report(target.provider_id));
  insert into private.calls (provider_id, request_id, call_id, called_at, first_seen_at, reports, next_check_at)
  values (
    call.provider_id, call.request_id, call.call_id, call.called_at, call.first_seen_at, call.reports, call.next_check_at
  )
  on conflict on constraint a_call_belongs_to_one_provider do nothing;
end;
$$;

comment on function private.remember_shown_call(private.locked_provider) is 'Takes the call that the provider''s row shows into memory, where somebody else wrote it there, so that nothing of it is lost when the row is written. The caller holds the provider''s lock.';

revoke all on function private.remember_shown_call(private.locked_provider) from public, anon, authenticated;
grant execute on function private.remember_shown_call(private.locked_provider) to service_role;
