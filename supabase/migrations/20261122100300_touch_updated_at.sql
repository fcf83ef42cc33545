create function private.touch_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end;
$$;

comment on function private.touch_updated_at() is 'Trigger: dates a row that is about to change.';

revoke all on function private.touch_updated_at() from public, anon, authenticated;
