begin;
set local search_path = public, extensions;
select plan(7);

-- Stand-ins for pg_cron, pg_net and the vault; all of it is rolled back.
drop schema if exists cron, net, vault cascade;

select is(private.schedule_reconciliation(), false, 'without the extensions nothing is scheduled, and nothing fails');

create schema cron;
create table cron.job (jobid bigserial, jobname text primary key, schedule text, command text);
create table cron.job_run_details (jobid bigint, start_time timestamptz);
create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as $$
  insert into cron.job (jobname, schedule, command) values (job_name, schedule, command)
  on conflict (jobname) do update set schedule = excluded.schedule, command = excluded.command
  returning jobid;
$$;
create schema net;
create table net.requests (url text, headers jsonb, timeout_milliseconds int);
create function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds int default 5000
) returns bigint language sql as $$
  insert into net.requests values (url, headers, timeout_milliseconds) returning 1;
$$;
create schema vault;
create table vault.decrypted_secrets (name text, decrypted_secret text);

select ok(private.schedule_reconciliation() and private.schedule_reconciliation(), 'with them it is scheduled, twice is as good as once');
select results_eq(
  $$ select jobname, schedule, command from cron.job where jobname = 'reconcile-calls' $$,
  $$ values ('reconcile-calls', '* * * * *', 'select private.request_reconciliation()') $$,
  'every minute'
);
select is(private.request_reconciliation(), null, 'without URL and token in the vault nothing is called, and nothing fails');

insert into vault.decrypted_secrets values
  ('reconcile_calls_url', 'https://a.supabase.co/functions/v1/reconcile-calls'), ('reconcile_token', 'first');
select private.request_reconciliation();
update vault.decrypted_secrets set decrypted_secret = 'second' where name = 'reconcile_token';
select private.request_reconciliation();
select results_eq(
  $$ select url, headers ->> 'Authorization', timeout_milliseconds from net.requests $$,
  $$ values
    ('https://a.supabase.co/functions/v1/reconcile-calls', 'Bearer first', 150000),
    ('https://a.supabase.co/functions/v1/reconcile-calls', 'Bearer second', 150000) $$,
  'a changed token needs no migration'
);

insert into cron.job_run_details
select j.jobid, now() - days * interval '1 day'
from cron.job j, unnest(array[1, 6, 8]) as days
where j.jobname = 'reconcile-calls';
do $$ begin execute (select command from cron.job where jobname = 'forget-reconcile-calls'); end; $$;
select is((select count(*) from cron.job_run_details), 2::bigint, 'pg_cron''s history of it is kept for a week');
select is_empty(
  $$ select from pg_proc p, unnest(array['anon', 'authenticated', 'service_role']) as r (name)
     where p.proname in ('request_reconciliation', 'schedule_reconciliation') and has_function_privilege(r.name, p.oid, 'execute') $$,
  'nobody reaches the vault through it'
);

select * from finish();
rollback;
