import assert from "node:assert/strict";
import postgres from "postgres";
import { pushMigrations } from "../../local/migrations.ts";
import { PROJECT } from "../../local/stack.ts";
import { runSupabaseCli, schemaDifference } from "../../local/supabase_cli.ts";
import { startQuietStack } from "../support/stack.ts";

Deno.test("the local stack applies migrations as the CLI does, and either goes on after the other", async () => {
  await using ours = await startQuietStack({ ephemeral: true });
  await using theirs = await startQuietStack({ ephemeral: true, migrate: false });
  const push = (dbUrl: string) =>
    runSupabaseCli(PROJECT, dbUrl, "db", "push", "--yes", "--include-seed");
  for (const { dbUrl } of [ours, theirs]) assert.equal((await push(dbUrl)).code, 0);
  await pushMigrations(PROJECT, theirs.dbUrl, true);
  assert.deepEqual(await historyOf(ours.dbUrl), await historyOf(theirs.dbUrl));
  assert.equal(await schemaDifference(ours.dbUrl, theirs.dbUrl), "");
});

/** What was applied, and what came of it. */
async function historyOf(dbUrl: string) {
  const sql = postgres(dbUrl, { max: 1 });
  try {
    const migrations = await sql`
      select version, name from supabase_migrations.schema_migrations order by version`;
    assert(migrations.length > 0);
    const seeds = await sql`select path, hash from supabase_migrations.seed_files`;
    const [{ providers }] = await sql`select count(*) as providers from public.providers`;
    return { migrations: [...migrations], seeds: [...seeds], providers };
  } finally {
    await sql.end();
  }
}
