create function private.request_reconciliation() returns bigint
language plpgsql
set search_path = ''
as $$
declare
  url text;
  token text;
begin
  select
    max(s.decrypted_secret) filter (where s.name = 'reconcile_calls_url'),
    max(s.decrypted_secret) filter (where s.name = 'reconcile_token')
  into url, token
  from vault.decrypted_secrets s;

  if url is null or token is null then
    raise notice 'reconcile-calls is not called: the vault has no reconcile_calls_url or no reconcile_token';
    return null;
  end if;
  return net.http_post(
    url := url,
    headers := jsonb_build_object('Authorization', 'Bearer ' || token),
    timeout_milliseconds := 150000
  );
end;
$$;

comment on function private.request_reconciliation() is 'Calls reconcile-calls, without waiting for its answer, at the URL and with the token that are in the vault. Returns pg_net''s id of the request; null where the vault lacks one of them. Needs pg_net and the vault.';

revoke all on function private.request_reconciliation() from public, anon, authenticated;

create function private.schedule_reconciliation() returns boolean
language plpgsql
set search_path = ''
as $$
begin
  if to_regnamespace('cron') is null or to_regnamespace('net') is null or to_regnamespace('vault') is null then
    raise notice 'reconcile-calls is not scheduled here: it takes pg_cron, pg_net and the vault';
    return false;
  end if;
  perform cron.schedule('reconcile-calls', '* * * * *', 'select private.request_reconciliation()');
  -- pg_cron keeps a row of every run for ever.
  perform cron.schedule('forget-reconcile-calls', '17 4 * * *', $job$
    delete from cron.job_run_details d
    using cron.job j
    where j.jobid = d.jobid and j.jobname in ('reconcile-calls', 'forget-reconcile-calls') and d.start_time < now() - interval '7 days'
  $job$);
  return true;
end;
$$;

comment on function private.schedule_reconciliation() is 'Has pg_cron call reconcile-calls every minute; again, it changes nothing. False, and nothing done, where pg_cron, pg_net or the vault is missing.';

revoke all on function private.schedule_reconciliation() from public, anon, authenticated;

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
