create function private.log_status(status public.call_status) returns public.log_status
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return case
    when status = 'completed' then 'success'
    when status in ('queued', 'in_progress') then 'info'
    when status in ('failed', 'error') then 'error'
    else 'warning'
  end;
end;
$$;

comment on function private.log_status(public.call_status) is 'How a call status is shown in the interaction log.';

revoke all on function private.log_status(public.call_status) from public, anon, authenticated;
grant execute on function private.log_status(public.call_status) to service_role;
