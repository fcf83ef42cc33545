import { join } from "node:path";
import type { Sql } from "postgres";
import { adapterFunctions, renewedAdapterMigration } from "./adapter.ts";
import { changesOfTheirs, readCatalog } from "./catalog.ts";
import { type Fit, fitTables, type TableNames } from "./fit.ts";
import { adoptedMigrations, type Migration, ourMigrations, stamped } from "./our_migrations.ts";
import { standInForPlatform } from "./platform.ts";
import { copyOfMigrations, type Project, writeFiles } from "./project.ts";
import { push, PushError } from "./push.ts";
import { Refusal } from "./refusal.ts";
import { rehearseCalls } from "./rehearsal.ts";
import { makeRehearsalRows, visibleRows } from "./rehearsal_rows.ts";
import { startScratchDatabase } from "./scratch.ts";

/** What came of trying it on a scratch database. */
export interface Trial {
  /** Undefined: the project has no such tables, and gets ours. */
  fit?: Fit;
  /** The migrations that the project lacks. */
  migrations: { file: string; text: string }[];
  /** The functions of an adapter that was there, which would be written otherwise today. */
  outdated: string[];
  /** What each report of the rehearsal did; undefined where there was none. */
  rehearsed?: string[];
  /** Who sees how many rows: before, and after the rehearsal. */
  visible?: { before: Record<string, string>; after: Record<string, string> };
  /** Why there was no rehearsal. */
  notRehearsed?: string;
}

/**
 * Puts what a project lacks into a scratch database that its own migrations made, and plays calls there. `renew`: an adapter
 * that is there is written anew.
 *
 * @throws {Refusal} What does not fit, or would change what is theirs.
 */
export async function tryOnScratch(
  project: Project,
  tables: TableNames,
  renew: boolean,
): Promise<Trial> {
  const adopted = adoptedMigrations(project.migrations);
  await using copy = await copyOfMigrations(project);
  const exposesTables = !/^\s*auto_expose_new_tables\s*=\s*false/m.test(project.config);
  await using scratch = await startScratchDatabase(exposesTables);
  const { sql, url } = scratch;
  await standInForPlatform(sql, copy.path);
  await push(copy.path, url).catch((error) => {
    throw new Refusal(
      `Your migrations do not apply to a new database: ${
        messageOf(error)
      }. What they need has to be in them.`,
    );
  });

  const fit = adopted.has("application_tables") ? undefined : await fitTables(sql, tables);
  if (!fit && adopted.has("adapter") && !adopted.has("application_tables")) {
    throw new Refusal(
      `None of ${Object.values(tables).join(", ")} is there, for which this project was adopted.`,
    );
  }
  const outdated = fit && adopted.has("adapter") ? await differingFunctions(sql, fit) : [];
  const missing = await missingMigrations(sql, adopted, fit, renew && outdated.length > 0);
  const migrations = await stamped(missing, project.migrations);
  const isWritten = missing.some(({ name }) => name.startsWith("adapter"));
  if (fit && !isWritten) fit.added = [];

  let notRehearsed: string | undefined;
  const rows = fit && await makeRehearsalRows(sql, fit).catch((error) => {
    notRehearsed = `no row could be made in your tables: ${error.message}`;
  });
  const visible = fit && rows && await visibleRows(sql, fit, rows.customer);
  const before = await readCatalog(sql);
  await writeFiles(
    copy.path,
    migrations.map(({ file, text }) => ({ path: join("supabase/migrations", file), text })),
  );
  await push(copy.path, url).catch((error) => {
    throw new Refusal(`What would be added does not go with what is there: ${messageOf(error)}.`);
  });
  const changes = changesOfTheirs(before, await readCatalog(sql), fit?.added ?? [])
    // What is renewed is ours.
    .filter((change) => !outdated.some((name) => change.startsWith(`function ${name}(`)));
  if (changes.length > 0) {
    throw new Refusal(`Something of yours would be changed: ${changes.join("; ")}.`);
  }
  if (!fit || !rows) return { fit, migrations, outdated, notRehearsed };
  const rehearsed = await rehearseCalls(sql, fit, rows);
  const after = await visibleRows(sql, fit, rows.customer);
  return { fit, migrations, outdated, rehearsed, visible: { before: visible!, after } };
}

async function missingMigrations(
  sql: Sql,
  adopted: Map<string, string>,
  fit: Fit | undefined,
  renew: boolean,
): Promise<Migration[]> {
  const [{ exists }] = await sql`select to_regnamespace('private') is not null as exists`;
  const missing = (await ourMigrations(fit, exists)).filter(({ name }) =>
    !adopted.has(name) && !(name === "columns" && adopted.has("adapter"))
  );
  if (!renew) return missing;
  const adapters = [...adopted.keys()].filter((name) => name.startsWith("adapter")).length;
  return [...missing, { name: `adapter_${adapters + 1}`, text: renewedAdapterMigration(fit!) }];
}

/** Which functions of the adapter that is there differ from those that would be written now. */
async function differingFunctions(sql: Sql, fit: Fit): Promise<string[]> {
  const read = async (sql: Pick<Sql, "unsafe">) =>
    new Map((await sql.unsafe(`
      select p.oid::regprocedure::text as name, p.prosrc as body from pg_proc p
      where obj_description(p.oid, 'pg_proc') like 'Adapter: %'`)).map((
      { name, body },
    ) => [name, body]));
  const there = await read(sql);
  let now = there;
  await sql.begin(async (sql) => {
    await sql.unsafe("set local check_function_bodies = off");
    await sql.unsafe(adapterFunctions(fit));
    now = await read(sql);
    throw UNDONE;
  }).catch((error) => {
    if (error !== UNDONE) throw error;
  });
  return [...now].filter(([name, body]) => there.get(name) !== body)
    .map(([name]) => name.replace(/\(.*/, "")).sort();
}

const UNDONE = new Error("undone");

function messageOf(error: unknown): string {
  if (error instanceof PushError) return error.message;
  throw error;
}
