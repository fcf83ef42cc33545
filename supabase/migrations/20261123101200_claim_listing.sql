create function public.claim_listing()
returns table (created_from timestamptz, created_before timestamptz)
language sql
set search_path = ''
as $$
  update private.listing l
  set
    next_at = now() + interval '5 minutes',
    began_at = case when l.walked_back_to is null then now() else l.began_at end
  where l.next_at <= now()
  returning
    -- A day back; farther where nobody has compared for longer, but not beyond what Vapi keeps.
    greatest(least(now() - interval '1 day', l.completed_at - interval '1 hour'), now() - interval '14 days'),
    coalesce(l.walked_back_to, now());
$$;

comment on function public.claim_listing() is 'Once an hour, hands the time whose calls are to be compared with Vapi''s to one caller alone, for five minutes. No row where it is not time, or somebody else''s.';

revoke all on function public.claim_listing() from public, anon, authenticated;
grant execute on function public.claim_listing() to service_role;
