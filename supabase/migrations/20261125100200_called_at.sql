create or replace function private.called_at(call_id text, report jsonb) returns timestamptz
language plpgsql stable parallel safe
set search_path = ''
as $$
declare
  id_milliseconds text;
begin
  if report ? 'called_at' then
    return (report ->> 'called_at')::timestamptz;
  end if;

  -- Vapi's ids are UUIDs of version 7: they begin with the milliseconds since 1970. 01 stands for 2004 to 2039, so
  -- that no odd id is the newest for ever.
  id_milliseconds := substring(
    call_id from '^(01[0-9a-f]{6}-[0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
  );
  return coalesce(
    to_timestamp(('x' || replace(id_milliseconds, '-', ''))::bit(48)::bigint / 1000.0),
    (report ->> 'started_at')::timestamptz
  );
end;
$$;
