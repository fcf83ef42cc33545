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
