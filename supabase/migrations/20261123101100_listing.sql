create table private.listing (
  is_only boolean primary key default true,
  next_at timestamptz not null default now(),
  began_at timestamptz,
  walked_back_to timestamptz,
  completed_at timestamptz,

  constraint there_is_one_row check (is_only)
);

comment on table private.listing is 'How far the calls that Vapi has were compared with ours: newest first, over several runs if it takes them.';
comment on column private.listing.is_only is 'Keeps the table at one row.';
comment on column private.listing.next_at is 'When the next part is to be compared; also the lease of whoever compares.';
comment on column private.listing.began_at is 'When the comparison that is under way, or the last one, began with the newest call.';
comment on column private.listing.walked_back_to is 'The calls between then and began_at were compared; null: the next comparison begins anew.';
comment on column private.listing.completed_at is 'All calls created until then were compared. Old: Vapi is away, or refuses the key.';

insert into private.listing default values;

alter table private.listing enable row level security;

revoke all on private.listing from public, anon, authenticated;
grant select, update on private.listing to service_role;
