create function public.release_listing(walked_back_to timestamptz, is_complete boolean, has_failed boolean) returns void
language sql
set search_path = ''
as $$
  update private.listing l
  set
    walked_back_to = case when not is_complete then release_listing.walked_back_to end,
    completed_at = case when is_complete then l.began_at else l.completed_at end,
    next_at = case
      -- A comparison that took longer than that is followed by the next one at once.
      when is_complete then l.began_at + interval '1 hour'
      when has_failed then l.next_at
      else now()
    end
  where l.is_only;
$$;

comment on function public.release_listing(timestamptz, boolean, boolean) is 'Notes how far the calls were compared, for the next run to go on from there, or, after a failure, the next but some. Once all are compared, the next comparison begins an hour after this one.';

revoke all on function public.release_listing(timestamptz, boolean, boolean) from public, anon, authenticated;
grant execute on function public.release_listing(timestamptz, boolean, boolean) to service_role;
