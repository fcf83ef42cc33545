create table private.listing (
  is_only boolean primary key default true,
  next_at timestamptz not null default now(),
  walked_back_to timestamptz,
  completed_at timestamptz,

  constraint there_is_one_row check (is_only)
);

comment on table private.listing is 'How far the calls that Vapi has were compared with ours: newest first, over several runs if it takes them.';
comment on column private.listing.is_only is 'Keeps the table at one row.';
comment on column private.listing.next_at is 'When the next part is to be compared; also the lease of whoever compares.';
comment on column private.listing.walked_back_to is 'Calls created since then were compared; null: the next comparison begins anew.';
comment on column private.listing.completed_at is 'When a comparison last reached its end.';

insert into private.listing default values;

alter table private.listing enable row level security;

revoke all on private.listing from public, anon, authenticated;
grant select, update on private.listing to service_role;
