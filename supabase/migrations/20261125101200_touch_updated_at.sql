create or replace function private.touch_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Later than before, even where the clock was set back: who has several versions keeps the one that is dated last.
  new.updated_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  return new;
end;
$$;
