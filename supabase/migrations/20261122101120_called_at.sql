create function private.called_at(call_id text, report jsonb) returns timestamptz
language plpgsql stable parallel safe
set search_path = ''
as $$
declare
  -- Vapi's ids are UUIDs of version 7: they begin with the milliseconds since 1970. 01 stands for 2004 to 2039, so
  -- that no odd id is the newest for ever.
  id_milliseconds constant text := substring(
    call_id from '^(01[0-9a-f]{6}-[0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
  );
begin
  return coalesce(
    (report ->> 'called_at')::timestamptz,
    to_timestamp(('x' || replace(id_milliseconds, '-', ''))::bit(48)::bigint / 1000.0),
    (report ->> 'started_at')::timestamptz
  );
end;
$$;

comment on function private.called_at(text, jsonb) is 'When a call was created: as reported, else as its id says, else when it was answered.';

revoke all on function private.called_at(text, jsonb) from public, anon, authenticated;
grant execute on function private.called_at(text, jsonb) to service_role;
