import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { adopt } from "../../adopt/adopt.ts";
import { fitTables } from "../../adopt/fit.ts";
import { startScratchDatabase } from "../../adopt/scratch.ts";
import { repositoryOf } from "./living_project.ts";

const MIGRATION = "supabase/migrations/20251231000000_more.sql";

/** What is done to the original's repository, and why it is not adopted then. */
const REFUSED: Record<string, [files: Record<string, string | null>, says: RegExp]> = {
  "no supabase/": [
    { "supabase/config.toml": null },
    /has no supabase\/config\.toml: name the folder that holds your project's supabase\//,
  ],
  "a database that is too old": [
    { "supabase/config.toml": "[db]\nmajor_version = 15\n" },
    /^supabase\/config\.toml says that the database is PostgreSQL 15, and the core needs 16 or later/,
  ],
  "migrations that do not apply": [
    { [MIGRATION]: "create extension vector; create table memories (embedding vector(3));" },
    /^Your migrations do not apply to a new database: 20251231000000_more\.sql: ERROR: type "vector" does not exist/,
  ],
  "changes that are not committed": [
    { "supabase/seed.sql": "-- mine" },
    /^There are changes under supabase\/ that are not committed:\n\?\? supabase\/seed\.sql\nCommit them first/,
  ],
  "a migration of the future": [
    { "supabase/migrations/20990101000000_later.sql": "select 1;" },
    /20990101000000_later\.sql, is stamped in the future/,
  ],
  "a function of theirs by the name of one of ours": [
    { "supabase/functions/vapi-webhook/index.ts": "// mine" },
    /^supabase\/functions\/vapi-webhook\/index\.ts is there already, and is not ours: it is not overwritten/,
  ],
  "a type of theirs by the name of one of ours": [
    { [MIGRATION]: "create type public.call_status as enum ('theirs');" },
    /^What would be added does not go with what is there: \d+_call_results_core\.sql: ERROR: type "call_status" already exists/,
  ],
  "one of the tables, but not the others": [
    { [MIGRATION]: "drop table interaction_logs;" },
    /^There is public\.service_requests and public\.providers, but no public\.interaction_logs\. If yours has another name, say which: --requests, --providers, --log\.$/,
  ],
  "a trigger that every write fails at": [
    {
      [MIGRATION]:
        `create function deny() returns trigger language plpgsql as $$ begin raise 'not you'; end; $$;
        create trigger deny before insert on interaction_logs for each row execute function deny();`,
    },
    /^The rehearsal failed\. before there is a call: not you\.$/,
  ],
};

Deno.test("what cannot be adopted is said in a sentence, and nothing is written", async (test) => {
  for (const [what, [files, says]] of Object.entries(REFUSED)) {
    await test.step(what, async () => {
      await using repository = await repositoryOf("original");
      for (const [path, text] of Object.entries(files)) {
        await put(join(repository.path, path), text);
      }
      if (what !== "changes that are not committed") repository.commit();
      const before = await repository.files();
      await assert.rejects(adopt({ into: repository.path }), { message: says });
      assert.deepEqual(await repository.files(), before);
    });
  }

  await test.step("a folder that git does not know; with --force it is adopted", async () => {
    await using repository = await repositoryOf("original");
    await rm(join(repository.path, ".git"), { recursive: true });
    await assert.rejects(adopt({ into: repository.path }), { message: /is in no git repository/ });
    assert((await adopt({ into: repository.path, force: true })).files.length > 0);
  });
});

const JOBS = "create table jobs (id uuid primary key, status text)";
const VENDORS =
  "create table vendors (id uuid primary key, job_id uuid not null references jobs, name text)";
const ACTIVITY =
  "create table activity (id uuid primary key, job_id uuid not null references jobs, message text not null)";

/** What stands instead of the tables above, and why it does not fit. */
const UNFIT: Record<
  string,
  [tables: { jobs?: string; vendors?: string; activity?: string; then?: string }, says: string]
> = {
  "requests without a uuid": [
    {
      jobs: "create table jobs (id bigint primary key)",
      vendors: "create table vendors (id uuid primary key, job_id bigint references jobs)",
      activity:
        "create table activity (id uuid primary key, job_id bigint references jobs, message text)",
    },
    "s.jobs has no primary key of one uuid column, and a call is reported with the uuids of its provider and its request.",
  ],
  "providers without a uuid": [
    { vendors: "create table vendors (id bigint primary key, job_id uuid references jobs)" },
    "s.vendors has no primary key of one uuid column, and a call is reported with the uuids of its provider and its request.",
  ],
  "no way from a provider to its request": [
    { vendors: "create table vendors (id uuid primary key, job_id uuid)" },
    "No foreign key leads from s.vendors to s.jobs.id: whose request a row serves cannot be told.",
  ],
  "two ways": [
    {
      vendors:
        "create table vendors (id uuid primary key, won uuid references jobs, lost uuid references jobs)",
    },
    "Several foreign keys lead from s.vendors to s.jobs: lost and won. Which of them counts cannot be told.",
  ],
  "a log without words": [
    { activity: "create table activity (id uuid primary key, job_id uuid references jobs)" },
    "s.activity has no text column for what happened (detail, message, description, ...).",
  ],
  "a log that wants what nobody knows": [
    {
      then:
        "alter table activity add column priority integer not null, add column shift text not null",
    },
    "s.activity needs a value in priority and shift, and what to write there is not known here. Give it a default in a migration of yours.",
  ],
  "a column that cannot hold it": [
    { then: "alter table vendors add column call_cost jsonb" },
    "s.vendors.call_cost is of the type jsonb, and cannot hold what a call has to say there (numeric).",
  ],
  "an id that is cut": [
    { then: "alter table vendors add column call_id varchar(20)" },
    "s.vendors.call_id holds 20 characters, and Vapi's ids have 36.",
  ],
  "labels among which one is missing": [
    {
      then:
        "alter table vendors add column call_status text check (call_status in ('queued', 'done', 'failed'))",
    },
    "None of the labels of s.vendors.call_status (queued, done, failed) stands for in_progress. Add them in a migration of yours.",
  ],
  "tables that the functions may not write": [
    { then: "revoke update, insert on activity from service_role" },
    "service_role may not insert and update on s.activity. Grant it in a migration of yours: grant select, insert, update on s.activity to service_role;",
  ],
};

Deno.test("tables that do not fit are named, with what is missing", async (test) => {
  await using scratch = await startScratchDatabase(false);
  const { sql } = scratch;
  const create = async (tables: typeof UNFIT[string][0]) => {
    const { jobs = JOBS, vendors = VENDORS, activity = ACTIVITY, then = "" } = tables;
    await sql.unsafe(`
      drop schema if exists s cascade; create schema s; set search_path = s; ${jobs}; ${vendors}; ${activity};
      grant all on all tables in schema s to service_role; ${then}; reset search_path;`);
  };
  const names = { requests: "s.jobs", providers: "s.vendors", log: "s.activity" };
  await create({});
  assert(await fitTables(sql, names), "those above fit");
  for (const [what, [tables, message]] of Object.entries(UNFIT)) {
    await test.step(what, async () => {
      await create(tables);
      await assert.rejects(fitTables(sql, names), { message });
    });
  }
});

async function put(path: string, text: string | null) {
  if (text === null) return await rm(path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
