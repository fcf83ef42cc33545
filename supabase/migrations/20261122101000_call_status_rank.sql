create function private.call_status_rank(status public.call_status) returns integer
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return case status
    when 'queued' then 0
    when 'in_progress' then 1
    when 'timeout' then 2
    when 'error' then 3
    else 4
  end;
end;
$$;

comment on function private.call_status_rank(public.call_status) is 'How far a call has come. It never falls within a call; 4 is final.';

revoke all on function private.call_status_rank(public.call_status) from public, anon, authenticated;
grant execute on function private.call_status_rank(public.call_status) to service_role;
