import assert from "node:assert/strict";
import { startTestStack } from "./support/stack.ts";

/** What pg_cron, pg_net and the vault have of theirs that is used here. */
const STAND_INS = `
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
  url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}',
  timeout_milliseconds int default 5000
) returns bigint language sql as $$
  insert into net.requests values (url, headers, timeout_milliseconds) returning 1;
$$;
create schema vault;
create table vault.decrypted_secrets (name text, decrypted_secret text);`;

Deno.test("pg_cron calls reconcile-calls where it can be had", async (test) => {
  await using testStack = await startTestStack();
  const { sql } = testStack;
  const schedule = async () =>
    (await sql`select private.schedule_reconciliation() as is_scheduled`)[0].is_scheduled;
  const request = async () => (await sql`select private.request_reconciliation() as id`)[0].id;

  await test.step("without the extensions nothing is scheduled, and nothing fails", async () => {
    assert.equal(await schedule(), false);
  });

  await sql.unsafe(STAND_INS);

  await test.step("with them it is scheduled every minute; twice is as good as once", async () => {
    assert.equal(await schedule(), true);
    assert.equal(await schedule(), true);
    const jobs = await sql`
      select jobname, schedule, command from cron.job where jobname = 'reconcile-calls'`;
    assert.deepEqual([...jobs], [{
      jobname: "reconcile-calls",
      schedule: "* * * * *",
      command: "select private.request_reconciliation()",
    }]);
  });

  await test.step("without URL and token in the vault nothing is called, and nothing fails", async () => {
    assert.equal(await request(), null);
  });

  await test.step("a changed token needs no migration", async () => {
    const url = "https://a.supabase.co/functions/v1/reconcile-calls";
    await sql`insert into vault.decrypted_secrets values
      ('reconcile_calls_url', ${url}), ('reconcile_token', 'first')`;
    await request();
    await sql`
      update vault.decrypted_secrets set decrypted_secret = 'second'
      where name = 'reconcile_token'`;
    await request();
    const requests = await sql`select url, headers ->> 'Authorization' as token from net.requests`;
    assert.deepEqual([...requests], [
      { url, token: "Bearer first" },
      { url, token: "Bearer second" },
    ]);
  });

  await test.step("pg_cron's history of it is kept for a week", async () => {
    await sql`
      insert into cron.job_run_details
      select j.jobid, now() - days * interval '1 day' from cron.job j, unnest(array[1, 6, 8]) days`;
    const [{ command }] = await sql`
      select command from cron.job where jobname = 'forget-reconcile-calls'`;
    await sql.unsafe(command);
    const [{ count }] = await sql`select count(*)::int from cron.job_run_details`;
    assert.equal(count, 4);
  });

  await test.step("nobody reaches the vault through it", async () => {
    const reachable = await sql`
      select p.proname, r.name
      from pg_proc p, unnest(array['anon', 'authenticated', 'service_role']) as r (name)
      where
        p.proname in ('request_reconciliation', 'schedule_reconciliation')
        and has_function_privilege(r.name, p.oid, 'execute')`;
    assert.deepEqual([...reachable], []);
  });
});
