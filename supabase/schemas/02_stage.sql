create function private.stage(status public.call_status) returns text
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return case
    when status < 'timeout' then 'open'
    when status < 'completed' then 'provisional'
    else 'final'
  end;
end;
$$;

comment on function private.stage(public.call_status) is 'How far a call has come: open (it may be ringing or talking), provisional (its ending was not seen, and may still be), or final.';

revoke all on function private.stage(public.call_status) from public, anon, authenticated;
grant execute on function private.stage(public.call_status) to service_role;
