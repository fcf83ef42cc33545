create function public.release_listing(walked_back_to timestamptz, is_complete boolean) returns void
language sql
set search_path = ''
as $$
  update private.listing l
  set
    walked_back_to = case when not is_complete then release_listing.walked_back_to end,
    completed_at = case when is_complete then now() else l.completed_at end,
    next_at = case when is_complete then now() + interval '1 hour' else now() end;
$$;

comment on function public.release_listing(timestamptz, boolean) is 'Notes how far the calls were compared, for the next run to go on from there; once all are compared, the next time is in an hour.';

revoke all on function public.release_listing(timestamptz, boolean) from public, anon, authenticated;
grant execute on function public.release_listing(timestamptz, boolean) to service_role;
