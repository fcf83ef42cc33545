import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { adopt } from "../../adopt/adopt.ts";
import { changesOfTheirs, readCatalog } from "../../adopt/catalog.ts";
import { seenBy } from "./living_project.ts";
import { CUSTOMER, startOriginal, STATES, STATUSES, STRANGER } from "./original.ts";

const TABLES = ["service_requests", "providers", "interaction_logs"];
const ADDED = ["call_success_evaluation", "call_ended_reason", "call_error", "call_recording_url"];
const ROLLED_BACK = new Error("rolled back");

for (const [state, fixtures] of Object.entries(STATES)) {
  Deno.test(`the original in state ${state} is adopted without losing a row, a policy or a screen`, async (test) => {
    await using original = await startOriginal(fixtures);
    const { sql, save, repository, rows, before } = original;
    const lookAround = async () => ({
      anybody: await seenBy(sql, TABLES, "anon"),
      customer: await seenBy(sql, TABLES, "authenticated", CUSTOMER),
      stranger: await seenBy(sql, TABLES, "authenticated", STRANGER),
    });
    const seen = await lookAround();
    assert.equal(seen.customer.service_requests.length, STATUSES.length + 2);
    const theirFiles = await repository.files();

    const adoption = await original.adopt();

    await test.step("their tables have four columns more, and nothing else of theirs is changed", async () => {
      const added = ADDED.map((column) => ({ table: "public.providers", column }));
      assert.deepEqual(adoption.fit!.added.map(({ table, column }) => ({ table, column })), added);
      const after = await readCatalog(sql);
      assert.deepEqual(changesOfTheirs(before, after, added), []);
      assert.equal(changesOfTheirs(before, after, []).length, ADDED.length);
    });

    await test.step("of their files only config.toml is changed: it ends with our blocks", async () => {
      const now = await repository.files();
      const changed = [...theirFiles].filter(([path, digest]) => now.get(path) !== digest);
      assert.deepEqual(changed.map(([path]) => path), ["supabase/config.toml"]);
      const added = [...now.keys()].filter((path) => !theirFiles.has(path));
      const ours =
        /^supabase\/(migrations\/\d{14}_call_results_\w+\.sql|functions\/(_call_results|save-call-result|vapi-webhook|reconcile-calls)\/.*)$/;
      assert.deepEqual(added.filter((path) => !ours.test(path)), []);
    });

    await test.step("everybody sees the rows that they saw, as they were", async () => {
      const without = (row: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !ADDED.includes(name)));
      const now = await lookAround();
      for (const who of Object.keys(now) as (keyof typeof now)[]) {
        for (const table of TABLES) {
          assert.deepEqual(now[who][table].map(without), seen[who][table], `${who}: ${table}`);
        }
      }
    });

    await test.step("of ours nobody but the backend reaches anything, whatever the platform grants by default", async () => {
      assert.deepEqual(await reachable(sql, before), []);
    });

    for (const [i, status] of STATUSES.entries()) {
      await save(await rows.newProvider(status), { status: "completed", callId: `call-${i}` });
    }

    await test.step("the guide's comparison finds every call shown, and its way back leaves their tables as they were", async () => {
      const guide = await Deno.readTextFile(new URL("../../docs/adopt.md", import.meta.url));
      const [comparison, wayBack] = [...guide.matchAll(/```sql\n([^]*?)```/g)].map(([, text]) =>
        text
      );
      const calls = await sql.unsafe(comparison);
      assert.equal(calls.length, STATUSES.length);
      assert.deepEqual(calls.filter(({ is_shown }) => !is_shown), []);
      let after = before;
      await sql.begin(async (sql) => {
        await sql.unsafe(wayBack);
        after = await readCatalog(sql);
        throw ROLLED_BACK;
      }).catch((error) => assert.equal(error, ROLLED_BACK));
      assert.deepEqual(changesOfTheirs(before, after, []), []);
    });

    await test.step("a customer may still delete a request with its calls", async () => {
      const ids = await rows.newProvider("PENDING");
      await save(ids, { status: "queued", callId: "deleted" });
      await sql.begin(async (sql) => {
        await sql`select set_config('request.jwt.claims', ${
          JSON.stringify({ role: "authenticated", sub: CUSTOMER })
        }, true)`;
        await sql`set local role authenticated`;
        await sql`delete from service_requests where id = ${ids.request}`;
      });
      assert.deepEqual([...await sql`select from private.calls where call_id = 'deleted'`], []);
    });

    await test.step("adopted again, before and after a commit, nothing is written", async () => {
      const now = await repository.files();
      assert.deepEqual((await adopt({ into: repository.path })).files, []);
      repository.commit();
      assert.deepEqual((await adopt({ into: repository.path })).files, []);
      assert.deepEqual(await repository.files(), now);
    });
  });
}

/** What of ours, which was not there before, a customer or anybody reaches. */
async function reachable(sql: Sql, before: Map<string, unknown>): Promise<string[]> {
  const tables = await sql`
    select format('%I.%I', n.nspname, c.relname) as name, role, privilege
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    cross join unnest(array['anon', 'authenticated']) role
    cross join unnest(array['select', 'insert', 'update', 'delete']) privilege
    where n.nspname in ('public', 'private') and c.relkind in ('r', 'v') and has_table_privilege(role, c.oid, privilege)`;
  const functions = await sql`
    select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as name, role
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    cross join unnest(array['anon', 'authenticated']) role
    where n.nspname in ('public', 'private') and has_function_privilege(role, p.oid, 'execute')`;
  return [
    ...tables.filter(({ name }) => !before.has(`table ${name}`) && !before.has(`view ${name}`)),
    ...functions.filter(({ name }) => !before.has(`function ${name}`)),
  ].map(({ name, role }) => `${role}: ${name}`);
}
