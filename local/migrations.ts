import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { StackError } from "./stack_error.ts";

/** Where `supabase db push` keeps what was applied, too: either goes on where the other stopped. */
const HISTORY = `
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
create table if not exists supabase_migrations.seed_files (path text primary key, hash text not null);`;

const NAME = /^(\d+)_(.*)\.sql$/;

/**
 * Applies the project's new migrations, and its seed once, each file in a transaction. As the
 * Supabase CLI does, of which a first start would have to load 135 MB; it deploys, and it checks.
 */
export async function pushMigrations(project: string, dbUrl: string, seed: boolean) {
  const sql = postgres(dbUrl, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(HISTORY);
    const applied = await sql`select version from supabase_migrations.schema_migrations`;
    const known = new Set(applied.map(({ version }) => version));
    for (const file of await migrationsOf(project)) {
      const [, version, name] = NAME.exec(file)!;
      if (known.has(version)) continue;
      await apply(
        sql,
        project,
        join("supabase", "migrations", file),
        (sql, text) =>
          sql`insert into supabase_migrations.schema_migrations (version, name, statements)
          values (${version}, ${name}, ${[text]})`,
      );
    }
    if (seed) await plant(sql, project, join("supabase", "seed.sql"));
  } finally {
    await sql.end();
  }
}

async function migrationsOf(project: string): Promise<string[]> {
  const files = await readdir(join(project, "supabase", "migrations")).catch(() => []);
  return files.filter((file) => NAME.test(file)).sort();
}

async function plant(sql: Sql, project: string, path: string) {
  if (!existsSync(join(project, path))) return;
  const [planted] = await sql`select from supabase_migrations.seed_files where path = ${path}`;
  if (planted) return;
  await apply(sql, project, path, (sql, text) => {
    const hash = createHash("sha256").update(text).digest("hex");
    return sql`insert into supabase_migrations.seed_files (path, hash) values (${path}, ${hash})`;
  });
}

/** Runs a file and notes that it ran, both or neither. */
async function apply(
  sql: Sql,
  project: string,
  path: string,
  note: (sql: Sql, text: string) => Promise<unknown>,
) {
  const text = await readFile(join(project, path), "utf8");
  try {
    await sql.begin(async (sql) => {
      await sql.unsafe(text);
      await sql`reset all`; // what the file set for itself
      await note(sql as unknown as Sql, text);
    });
  } catch (error) {
    throw new StackError(`${path.split(/[\\/]/).at(-1)}: ${failure(error, text)}`, {
      cause: error,
    });
  }
}

/** What Postgres said, and in which line. */
function failure(error: unknown, text: string): string {
  const { message, position } = error as postgres.PostgresError;
  const line = position && text.slice(0, Number(position)).split("\n").length;
  return `ERROR: ${message}${line ? `, in line ${line}` : ""}`;
}
