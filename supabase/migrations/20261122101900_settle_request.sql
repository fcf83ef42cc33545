create function private.settle_request(request_id uuid) returns public.request_status
language plpgsql
set search_path = ''
as $$
declare
  settled public.request_status;
begin
  select case
    when bool_or(p.call_status in ('queued', 'in_progress')) then 'calling'
    when bool_or(p.call_status = 'completed') then 'completed'
    else 'failed'
  end into settled
  from public.providers p
  where p.request_id = settle_request.request_id and p.call_status is not null;

  update public.service_requests r
  set status = settled
  where
    r.id = settle_request.request_id
    and r.status <> settled
    -- A status that the application added is the application's to leave.
    and r.status in ('pending', 'calling', 'completed', 'failed');

  return (select r.status from public.service_requests r where r.id = settle_request.request_id);
end;
$$;

comment on function private.settle_request(uuid) is 'Derives a request''s status from its providers, and returns the status it then has. The caller holds the request''s lock.';

revoke all on function private.settle_request(uuid) from public, anon, authenticated;
grant execute on function private.settle_request(uuid) to service_role;
