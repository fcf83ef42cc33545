-- Supabase creates this publication; a plain Postgres has none.
do $$
begin
  if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
end;
$$;

alter publication supabase_realtime
add table public.service_requests, public.providers, public.interaction_logs;
