-- Every hosted project can have these extensions, and the local stack has none of them. Where they cannot be had, something
-- else calls reconcile-calls: see docs/operations.md.
do $$
begin
  if (select count(*) = 3 from pg_available_extensions where name in ('pg_cron', 'pg_net', 'supabase_vault')) then
    create extension if not exists pg_cron with schema pg_catalog;
    create extension if not exists pg_net with schema extensions;
    create extension if not exists supabase_vault;
    perform private.schedule_reconciliation();
  end if;
exception
  when others then
    raise warning 'reconcile-calls is not scheduled: %', sqlerrm;
end;
$$;
