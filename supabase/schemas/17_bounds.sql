-- Limits of what a sender can leave behind. None of them drops a result.

create function private.is_log_full(logged jsonb) returns boolean
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return pg_column_size(logged) > 1024 * 1024
    or (select count(*) >= 100 from jsonb_object_keys(logged));
end;
$$;

comment on function private.is_log_full(jsonb) is 'Whether the log has enough of what was reported of a provider before there was a call: a hundred rows, or a mebibyte of words. Such a report still moves the provider''s row.';

revoke all on function private.is_log_full(jsonb) from public, anon, authenticated;
grant execute on function private.is_log_full(jsonb) to service_role;

-- "Of a source, of the last day."
create index rejected_call_results_source_received_at_idx on public.rejected_call_results (source, received_at);

create function private.are_rejections_full(source public.call_source) returns boolean
language sql stable
set search_path = ''
as $$
  select
    count(*) >= 10000
    or coalesce(sum(pg_column_size(r.payload) + coalesce(pg_column_size(r.vapi_call), 0)), 0) >= 128 * 1024 * 1024
  from public.rejected_call_results r
  where r.source = are_rejections_full.source and r.received_at > now() - interval '1 day';
$$;

comment on function private.are_rejections_full(public.call_source) is 'Whether a source''s rejected deliveries of the last day are as many as are kept: ten thousand, or 128 MiB.';

revoke all on function private.are_rejections_full(public.call_source) from public, anon, authenticated;
grant execute on function private.are_rejections_full(public.call_source) to service_role;

create function private.bound_rejections() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- What is kept already takes no room.
  if private.are_rejections_full(new.source) and not exists (
    select from public.rejected_call_results r where r.delivery_digest = new.delivery_digest
  ) then
    raise exception 'this is refused (%), and too much was refused within a day to keep it: it is not saved', new.code
      using errcode = 'PT503', detail = 'unavailable';
  end if;
  return new;
end;
$$;

comment on function private.bound_rejections() is 'Trigger: a rejected delivery that there is no room for is for its sender to keep, who is told to try again.';

revoke all on function private.bound_rejections() from public, anon, authenticated;

create trigger bound_rejections before insert on public.rejected_call_results
for each row execute function private.bound_rejections();
