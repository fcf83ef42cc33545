import assert from "node:assert/strict";
import { startTestStack } from "./support/stack.ts";
import { writesWithoutWhere } from "./support/safeupdate.ts";

// Supabase preloads pg-safeupdate for the Data API's role. Here stands in for it, because a C
// extension cannot be brought along, that every function's body is read.
Deno.test("no function updates or deletes without WHERE, which a hosted project refuses", async (test) => {
  await using testStack = await startTestStack();
  const { sql } = testStack;
  const offenders = () => writesWithoutWhere(sql);

  await test.step("none of ours", async () => {
    assert.deepEqual(await offenders(), []);
  });

  const bodies: Record<string, [language: string, body: string]> = {
    "an UPDATE": ["sql", "update things set id = 1"],
    "a DELETE": ["sql", "delete from things"],
    "an UPDATE in a WITH": [
      "sql",
      "with u as (update things set id = 1 returning id) select id from u where id = 1",
    ],
    "an UPDATE whose WHERE is a subquery's": [
      "sql",
      "update things set id = (select 1 where true /* where */) returning 'where'",
    ],
    "an UPDATE in PL/pgSQL": [
      "plpgsql",
      "begin if true then update things set id = 1; end if; end",
    ],
    "a DELETE that a loop reads": [
      "plpgsql",
      "declare i int; begin for i in delete from things returning 1 loop end loop; end",
    ],
    "SQL that is put together, which cannot be read": [
      "plpgsql",
      "begin execute format('select %s', 1); end",
    ],
  };
  for (const [name, [language, body]] of Object.entries(bodies)) {
    await test.step(`${name} is named`, async () => {
      await sql.unsafe(`
        create table if not exists public.things (id int);
        set search_path = public;
        create or replace function private.offends() returns void language ${language} as $$ ${body} $$;
        reset search_path;`);
      assert.deepEqual(await offenders(), ["private.offends()"]);
    });
  }

  await test.step("a function whose statements all have one is not", async () => {
    await sql.unsafe(`
      create or replace function private.offends() returns void language plpgsql as $$
      begin
        perform from public.things for no key update;
        update public.things set id = (select 2) where id = 1;
        delete from public.things where true;
      end $$`);
    assert.deepEqual(await offenders(), []);
  });
});
