create function private.is_further(report jsonb, than jsonb) returns boolean
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return private.call_status_rank((report ->> 'call_status')::public.call_status)
    > private.call_status_rank((than ->> 'call_status')::public.call_status);
end;
$$;

comment on function private.is_further(jsonb, jsonb) is 'Whether a report of a call is of a higher rank than another one.';

revoke all on function private.is_further(jsonb, jsonb) from public, anon, authenticated;
grant execute on function private.is_further(jsonb, jsonb) to service_role;
