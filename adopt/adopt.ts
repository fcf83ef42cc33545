import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pushMigrations } from "../local/migrations.ts";
import { StackError } from "../local/stack_error.ts";
import { changesOfTheirs, readCatalog } from "./catalog.ts";
import { type Fit, fitTables, type TableNames } from "./fit.ts";
import { configWithFunctions, type PlannedFile, plannedFunctions } from "./our_functions.ts";
import { adoptedMigrations, ourMigrations, refuseOtherVersion, stamped } from "./our_migrations.ts";
import { copyOfDatabaseFiles, type Project, readProject, refuseUncommitted } from "./project.ts";
import { Refusal } from "./refusal.ts";
import { rehearseCalls } from "./rehearsal.ts";
import { makeRehearsalRows, visibleRows } from "./rehearsal_rows.ts";
import { startScratchDatabase } from "./scratch.ts";

/** How a project is to be adopted. */
export interface AdoptOptions {
  /** The folder that holds `supabase/`. */
  into: string;
  tables?: TableNames;
  /** Write nothing. */
  dryRun?: boolean;
  /** Write although git knows of changes, and over changes of our own files. */
  force?: boolean;
}

/** What came of it. */
export interface Adoption {
  /** Undefined: the project had no such tables, and gets ours. */
  fit?: Fit;
  /** The files that were written, or would be. */
  files: PlannedFile[];
  /** What each report of the rehearsal did; undefined where there was none. */
  rehearsed?: string[];
  /** Who sees how many rows: before, and after the rehearsal. */
  visible?: { before: Record<string, string>; after: Record<string, string> };
  /** Why there was no rehearsal. */
  notRehearsed?: string;
}

export const DEFAULT_TABLES: TableNames = {
  requests: "public.service_requests",
  providers: "public.providers",
  log: "public.interaction_logs",
};

/**
 * Brings the core, an adapter and the functions into somebody's project, once all of it was tried on a scratch database.
 *
 * @throws {Refusal} What does not fit; then nothing was written.
 */
export async function adopt(options: AdoptOptions): Promise<Adoption> {
  const project = await readProject(options.into);
  const adopted = adoptedMigrations(project.migrations);
  await refuseOtherVersion(adopted, join(project.path, "supabase", "migrations"));
  const functions = await plannedFunctions(project, options.force === true);
  const config = await configWithFunctions(project.config);

  const tried = await tryOnScratch(project, adopted, options.tables ?? DEFAULT_TABLES, config);
  const files = [
    ...tried.migrations.map(({ file, text }) => ({ path: `supabase/migrations/${file}`, text })),
    ...functions,
    ...config ? [{ path: "supabase/config.toml", text: config }] : [],
  ];
  if (!options.dryRun && files.length > 0) {
    if (!options.force) refuseUncommitted(project.path);
    for (const file of files) await write(project, file);
  }
  return { ...tried, files };
}

async function tryOnScratch(
  project: Project,
  adopted: Map<string, string>,
  tables: TableNames,
  config?: string,
) {
  await using copy = await copyOfDatabaseFiles(project);
  const exposesTables = !/^\s*auto_expose_new_tables\s*=\s*false/m.test(project.config);
  await using scratch = await startScratchDatabase(exposesTables);
  const { sql, url } = scratch;
  await pushMigrations(copy.path, url, false).catch((error) => {
    throw new Refusal(
      `Your migrations do not apply to a new database: ${
        messageOf(error)
      }. What they need has to be in them.`,
    );
  });

  const isOurs = adopted.has("application_tables");
  const found = isOurs ? undefined : await fitTables(sql, tables);
  const fit = found && { ...found, added: adopted.has("adapter") ? [] : found.added };
  const [{ exists }] = await sql`select to_regnamespace('private') is not null as exists`;
  const missing = (await ourMigrations(fit, exists)).filter(({ name }) => !adopted.has(name));
  const migrations = await stamped(missing, project.migrations);

  let notRehearsed: string | undefined;
  const rows = fit && await makeRehearsalRows(sql, fit).catch((error) => {
    notRehearsed = `no row could be made in your tables: ${error.message}`;
  });
  const visible = fit && rows && await visibleRows(sql, fit, rows.customer);
  const before = await readCatalog(sql);
  for (const { file, text } of migrations) {
    await write(copy, { path: `supabase/migrations/${file}`, text });
  }
  if (config) await write(copy, { path: "supabase/config.toml", text: config });
  await pushMigrations(copy.path, url, false).catch((error) => {
    throw new Refusal(`What would be added does not go with what is there: ${messageOf(error)}.`);
  });
  const changes = changesOfTheirs(before, await readCatalog(sql), fit?.added ?? []);
  if (changes.length > 0) {
    throw new Refusal(`Something of yours would be changed: ${changes.join("; ")}.`);
  }
  if (!fit || !rows) return { fit, migrations, notRehearsed };
  const rehearsed = await rehearseCalls(sql, fit, rows);
  return {
    fit,
    migrations,
    rehearsed,
    visible: { before: visible!, after: await visibleRows(sql, fit, rows.customer) },
  };
}

async function write({ path: folder }: { path: string }, { path, text }: PlannedFile) {
  if (text === undefined) return await rm(join(folder, path), { force: true });
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

function messageOf(error: unknown): string {
  if (error instanceof StackError) return error.message;
  throw error;
}
