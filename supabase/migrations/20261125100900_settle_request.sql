drop function private.settle_request(uuid);

create function private.settle_request(request_id uuid, current public.request_status, call_status public.call_status)
returns public.request_status
language plpgsql
set search_path = ''
as $$
declare
  settled public.request_status := 'calling';
begin
  -- An open call decides it; without one, all providers do.
  if settle_request.call_status not in ('queued', 'in_progress') then
    select case
      when bool_or(p.call_status in ('queued', 'in_progress')) then 'calling'
      when bool_or(p.call_status = 'completed') then 'completed'
      else 'failed'
    end into settled
    from public.providers p
    where p.request_id = settle_request.request_id and p.call_status is not null;
  end if;

  -- A status that the application added is the application's to leave.
  if settled = current or current not in ('pending', 'calling', 'completed', 'failed') then
    return current;
  end if;

  update public.service_requests r set status = settled where r.id = settle_request.request_id;
  return settled;
end;
$$;

comment on function private.settle_request(uuid, public.request_status, public.call_status) is 'Derives a request''s status from its providers, one of which has just come to this call status, and returns the status that the request then has. The caller holds the request''s lock.';

revoke all on function private.settle_request(uuid, public.request_status, public.call_status) from public, anon, authenticated;
grant execute on function private.settle_request(uuid, public.request_status, public.call_status) to service_role;
