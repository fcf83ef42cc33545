create table private.discovery (
  is_only boolean primary key default true,
  next_at timestamptz not null default now(),
  began_at timestamptz,
  compared_back_to timestamptz,
  completed_at timestamptz,
  reach_days numeric not null default 13,

  constraint there_is_one_row check (is_only)
);

comment on table private.discovery is 'How far the calls that Vapi has were compared with ours: newest first, over several runs if it takes them.';
comment on column private.discovery.is_only is 'Keeps the table at one row.';
comment on column private.discovery.next_at is 'When the next part is to be compared; also the lease of whoever compares.';
comment on column private.discovery.began_at is 'When the comparison that is under way, or the last one, began with the newest call.';
comment on column private.discovery.compared_back_to is 'The calls that were created after that, by Vapi''s clock, were compared; null: the next comparison begins anew.';
comment on column private.discovery.completed_at is 'All that happened to calls until then was compared. Old: Vapi is away, or refuses the key.';

comment on column private.discovery.reach_days is 'How many days back Vapi was last willing to list calls; 13 at most, as it usually keeps 14.';

insert into private.discovery default values;

alter table private.discovery enable row level security;

revoke all on private.discovery from public, anon, authenticated;
grant select, update on private.discovery to service_role;

create function public.claim_discovery()
returns table (reach_days numeric, created_before timestamptz, changed_since timestamptz)
language sql
set search_path = ''
as $$
  update private.discovery l
  set
    next_at = now() + interval '5 minutes',
    began_at = case when l.compared_back_to is null then now() else l.began_at end
  where
    l.is_only = (
      select due.is_only
      from private.discovery due
      where due.next_at <= now()
      for no key update skip locked
    )
  returning
    -- Each comparison tries anew.
    case when l.compared_back_to is null then 13 else l.reach_days end,
    l.compared_back_to,
    -- A day before the last comparison is more than clocks differ, and Vapi is late.
    least(l.began_at - interval '1 day', l.completed_at - interval '1 hour');
$$;

comment on function public.claim_discovery() is 'Once an hour, hands what is to be compared with Vapi''s calls to one caller alone, for five minutes: those that changed since a day or, where nobody has compared for longer, since then, whenever they were created. Without created_before they begin with the newest. No row where it is not time, or somebody else''s.';

revoke all on function public.claim_discovery() from public, anon, authenticated;
grant execute on function public.claim_discovery() to service_role;

create function public.release_discovery(
  is_complete boolean,
  has_failed boolean,
  reach_days numeric,
  compared_back_to timestamptz default null
) returns void
language sql
set search_path = ''
as $$
  update private.discovery l
  set
    compared_back_to = case
      when is_complete then null
      -- Whoever does not get on for an hour begins anew, so that new calls are compared.
      when
        has_failed
        and l.began_at < now() - interval '1 hour'
        and l.compared_back_to is not distinct from release_discovery.compared_back_to then null
      else release_discovery.compared_back_to
    end,
    reach_days = release_discovery.reach_days,
    completed_at = case when is_complete then l.began_at else l.completed_at end,
    next_at = case
      -- A comparison that took longer than that is followed by the next one at once.
      when is_complete then l.began_at + interval '1 hour'
      when has_failed then l.next_at
      else now()
    end
  where l.is_only;
$$;

comment on function public.release_discovery(boolean, boolean, numeric, timestamptz) is 'Notes how far the calls were compared, for the next run to go on from there, or, after a failure, the next but some; without progress for an hour it begins anew. Once all are compared, the next comparison begins an hour after this one.';

revoke all on function public.release_discovery(boolean, boolean, numeric, timestamptz) from public, anon, authenticated;
grant execute on function public.release_discovery(boolean, boolean, numeric, timestamptz) to service_role;

create function public.unknown_calls(call_ids text[]) returns setof text
language sql stable
set search_path = ''
as $$
  select asked.call_id
  from unnest(call_ids) as asked (call_id)
  where
    not exists (
      select from private.calls c
      where c.call_id = asked.call_id and c.reports -> 'vapi_api' ->> 'call_status' is distinct from 'error'
    )
    and not exists (
      select from public.rejected_call_results r
      where r.source = 'vapi_api' and r.payload ->> 'callId' = asked.call_id
    );
$$;

comment on function public.unknown_calls(text[]) is 'Those of the calls of which nothing was ever saved or kept, or that were given up.';

revoke all on function public.unknown_calls(text[]) from public, anon, authenticated;
grant execute on function public.unknown_calls(text[]) to service_role;

create function private.expiring() returns bigint
language plpgsql stable
set search_path = ''
as $$
declare
  reach interval;
begin
  select interval '1 day' * d.reach_days into reach from private.discovery d;
  return (
    select count(*)
    from (
      select least(c.called_at, c.first_seen_at) as called_at
      from private.calls c
      where c.next_check_at is not null and c.call_id is not null
      union all
      select coalesce(r.called_at, r.received_at)
      from public.rejected_call_results r
      where r.resolved_at is null and r.source <> 'kestra'
    ) as wanted
    where
      wanted.called_at < now() - greatest(reach - interval '2 days', reach / 2)
      -- A day more, as reach has one to spare.
      and wanted.called_at > now() - reach - interval '1 day'
  );
end;
$$;

comment on function private.expiring() is 'How many calls that Vapi is still asked about, and open rejected deliveries of Vapi''s, are of calls that Vapi keeps for two more days or so.';

revoke all on function private.expiring() from public, anon, authenticated;
grant execute on function private.expiring() to service_role;
