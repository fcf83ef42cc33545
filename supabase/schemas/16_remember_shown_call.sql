create function private.remember_shown_call(target private.locked_provider) returns private.calls
language plpgsql
set search_path = ''
as $$
declare
  call private.calls;
begin
  call.provider_id := target.provider_id;
  call.request_id := target.request_id;
  call.call_id := target.call_id;
  call.first_seen_at := clock_timestamp();
  call.reports := '{}';
  call.logged := '{}';
  -- Whoever wrote it, a source of ours that says otherwise stands over it.
  call := private.add_report(call, 'kestra', private.shown_report(target.provider_id));
  insert into private.calls
  select call.*
  on conflict on constraint a_call_belongs_to_one_provider do nothing;
  return case when found then call end;
end;
$$;

comment on function private.remember_shown_call(private.locked_provider) is 'Takes the call that the provider''s row shows, and that is not known, into memory: somebody else wrote it there, so that nothing of it is lost when the row is written. Returns it; null where it is another provider''s. The caller holds the provider''s lock.';

revoke all on function private.remember_shown_call(private.locked_provider) from public, anon, authenticated;
grant execute on function private.remember_shown_call(private.locked_provider) to service_role;
