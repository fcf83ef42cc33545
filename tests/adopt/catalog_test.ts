import assert from "node:assert/strict";
import { changesOfTheirs, readCatalog } from "../../adopt/catalog.ts";
import { startScratchDatabase } from "../../adopt/scratch.ts";

/** What a migration of ours must not do to what is there, and how it is named. */
const CHANGES: Record<string, string[]> = {
  "alter table t add column c text not null default ''": ["column public.t.c is new"],
  "alter table t add column other text": ["column public.t.other is new"],
  "alter table t alter column a type varchar(9)": ["column public.t.a was changed"],
  "alter table t alter column a set default ''": ["column public.t.a was changed"],
  "alter table t drop column a": ["column public.t.a is gone"],
  "alter table t add constraint a_is_short check (length(a) < 9)": [
    "constraint a_is_short on public.t is new",
  ],
  "create index more on t (a)": ["index public.more on public.t is new"],
  "create policy more on t using (true)": ["policy more on public.t is new"],
  "alter policy p on t using (false)": ["policy p on public.t was changed"],
  "drop policy p on t": ["policy p on public.t is gone"],
  "create trigger more before update on t for each row execute function f()": [
    "trigger more on public.t is new",
  ],
  "alter table t disable trigger g": ["trigger g on public.t was changed"],
  "alter table t disable row level security": ["table public.t was changed"],
  "revoke all on t from anon": ["table public.t was changed"],
  "grant update (a) on t to anon": ["column public.t.a was changed"],
  "comment on table t is 'Ours.'": ["table public.t was changed"],
  "comment on column t.a is 'Ours.'": ["column public.t.a was changed"],
  "comment on schema public is 'Ours.'": ["schema public was changed"],
  "alter table t set (fillfactor = 70)": ["table public.t was changed"],
  "alter type e add value 'more'": ["type public.e was changed"],
  "create or replace function f() returns trigger language plpgsql as 'begin return old; end'": [
    "function public.f() was changed",
  ],
  "revoke execute on function f() from anon, public": ["function public.f() was changed"],
  "alter publication supabase_realtime drop table t": [
    "publication of supabase_realtime on public.t is gone",
  ],
  "alter default privileges in schema public revoke all on tables from anon": [
    "default privileges postgres public r was changed",
  ],
  "alter role anon set statement_timeout = '1s'": ["role anon was changed"],
  "revoke usage on schema public from anon": ["schema public was changed"],
};

const ROLLED_BACK = new Error("rolled back");

Deno.test("whatever is done to what is theirs is noticed", async (test) => {
  await using scratch = await startScratchDatabase(true);
  const { sql } = scratch;
  await sql.unsafe(`
    create type e as enum ('one'); create table t (a text); alter table t enable row level security;
    create policy p on t using (true);
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create trigger g before insert on t for each row execute function f();
    alter publication supabase_realtime add table t;`);
  const before = await readCatalog(sql);

  for (const [statement, changes] of Object.entries(CHANGES)) {
    await test.step(statement, async () => {
      let after = before;
      await sql.begin(async (sql) => {
        await sql.unsafe(statement);
        after = await readCatalog(sql);
        throw ROLLED_BACK;
      }).catch((error) => assert.equal(error, ROLLED_BACK));
      assert.deepEqual(
        changesOfTheirs(before, after, [{ table: "public.t", column: "c" }]),
        changes,
      );
    });
  }

  await test.step("and not what stands beside it, nor a column that was meant, and may be null", async () => {
    await sql.unsafe(`
      alter table t add column c text; create table ours (id uuid primary key); create index on ours (id);
      create schema private; create function private.ours() returns int language sql as 'select 1';`);
    const after = await readCatalog(sql);
    assert.deepEqual(changesOfTheirs(before, after, [{ table: "public.t", column: "c" }]), []);
  });
});
