import assert from "node:assert/strict";
import { scan } from "@libpg-query/parser";
import type { Sql } from "postgres";
import { startTestStack } from "./support/stack.ts";

/** The application's tables, which the adapter alone may name. */
const TABLES = ["service_requests", "providers", "interaction_logs"];
const project = new URL("../", import.meta.url);

Deno.test("only the adapter knows the application's tables", async (test) => {
  await using testStack = await startTestStack();
  const { sql } = testStack;

  await test.step("in the files of the schema", async () => {
    const naming = [];
    for (const file of await filesIn("supabase/schemas/")) {
      const { tokens } = await scan(await Deno.readTextFile(new URL(file, project)));
      if (tokens.some(({ text }) => TABLES.includes(text))) naming.push(file);
    }
    assert.deepEqual(naming, [
      "supabase/schemas/41_service_requests.sql",
      "supabase/schemas/42_providers.sql",
      "supabase/schemas/43_interaction_logs.sql",
      "supabase/schemas/44_realtime.sql",
      "supabase/schemas/50_adapter.sql",
    ]);
  });

  await test.step("in the database: its functions, and what views and tables of the core refer to", async () => {
    assert.deepEqual(await offenders(sql), []);
    await sql.unsafe(`
      create function private.peeks() returns bigint language sql
      as 'select count(*) from public.providers';
      create view public.peeking as select c.call_id from private.calls c join public.providers p on p.id = c.provider_id;
      create table private.refers (provider_id uuid references public.providers (id));`);
    assert.deepEqual(await offenders(sql), ["peeks", "peeking", "refers"]);
  });

  await test.step("and no code of the functions, whose types are not those of its rows", async () => {
    const naming = [];
    for (const file of await filesIn("supabase/functions/")) {
      if (!file.endsWith(".ts") || file.endsWith("database.types.ts")) continue;
      const source = await Deno.readTextFile(new URL(file, project));
      const code = source.replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
      const names = new RegExp(`["'.](${TABLES.join("|")})\\b|request_status"\\]|log_status"\\]`);
      if (names.test(code)) naming.push(file);
    }
    assert.deepEqual(naming, []);
  });
});

/** What of the core names a table of the application's: functions but the adapter's, views, and tables. */
async function offenders(sql: Sql): Promise<string[]> {
  const functions = await sql<{ name: string; body: string }[]>`
    select p.proname as name, p.prosrc as body
    from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and coalesce(obj_description(p.oid, 'pg_proc'), '') not like 'Adapter: %'
    order by 1`;
  const naming = [];
  for (const { name, body } of functions) {
    const { tokens } = await scan(body);
    if (tokens.some(({ text }) => TABLES.includes(text))) naming.push(name);
  }
  const relations = await sql`
    with application as (
      select unnest(${TABLES}::text[])::regclass as oid
    )
    select distinct v.relname as name
    from pg_rewrite r
    join pg_class v on v.oid = r.ev_class
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    join application a on a.oid = d.refobjid
    union all
    select c.conrelid::regclass::text
    from pg_constraint c
    join application a on a.oid = c.confrelid
    where c.contype = 'f' and c.conrelid not in (select oid from application)
      and c.conname <> 'calls_provider_id_fkey'`;
  return [...naming, ...relations.map(({ name }) => name.replace("private.", ""))];
}

async function filesIn(folder: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard", folder],
    cwd: project,
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").sort();
}
