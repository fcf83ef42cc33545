begin;
set local search_path = public, extensions;
select plan(4);

select is_empty(
  $$
    select c.oid::regclass, a.attname
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where
      c.relkind in ('r', 'v')
      and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)
  $$,
  'every table, every view and every column has a comment'
);

select is_empty(
  $$
    select p.oid::regprocedure
    from pg_proc p
    where
      p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and obj_description(p.oid, 'pg_proc') is null
  $$,
  'every function has a comment'
);

select results_eq(
  $$ select tablename::text collate "default" from pg_publication_tables where pubname = 'supabase_realtime' order by 1 $$,
  $$ values ('interaction_logs'), ('providers'), ('service_requests') $$,
  'Realtime sends what the customer sees, and nothing else'
);

select is_empty(
  $$
    select c.conrelid::regclass, c.conname
    from pg_constraint c
    where
      c.contype = 'f'
      and c.connamespace in ('public'::regnamespace, 'private'::regnamespace)
      and not exists (
        select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1]
      )
  $$,
  'every foreign key has an index, so that a delete need not search'
);

select * from finish();
rollback;
