import { join } from "node:path";
import type { TableNames } from "./fit.ts";
import {
  adoptedTables,
  configWithFunctions,
  type PlannedFile,
  plannedFunctions,
} from "./our_functions.ts";
import { adoptedMigrations, refuseOtherVersion } from "./our_migrations.ts";
import { readProject, refuseUncommitted, writeFiles } from "./project.ts";
import { type Trial, tryOnScratch } from "./trial.ts";

/** How a project is to be adopted. */
export interface AdoptOptions {
  /** The folder that holds `supabase/`. */
  into: string;
  /** By default those that it was adopted with before, else {@link DEFAULT_TABLES}. */
  tables?: Partial<TableNames>;
  /** Write an adapter that is there anew, where the tables have changed. */
  renewAdapter?: boolean;
  /** Write nothing. */
  dryRun?: boolean;
  /** Write although git knows of changes, and over changes of our own files. */
  force?: boolean;
}

/** What came of it. */
export interface Adoption extends Trial {
  /** The files that were written, or would be. */
  files: PlannedFile[];
  /** Without any, what the project's database holds is not known here. */
  hasMigrations: boolean;
}

/** What the tables are called, unless somebody says otherwise. */
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
  const tables = { ...DEFAULT_TABLES, ...await adoptedTables(project), ...options.tables };
  const functions = await plannedFunctions(project, tables, options.force === true);
  const config = await configWithFunctions(project.config);

  const trial = await tryOnScratch(project, tables, options.renewAdapter === true);
  const files = [
    ...trial.migrations.map(({ file, text }) => ({ path: `supabase/migrations/${file}`, text })),
    ...functions,
    ...config ? [{ path: "supabase/config.toml", text: config }] : [],
  ];
  if (!options.dryRun && files.length > 0) {
    if (!options.force) refuseUncommitted(project.path);
    await writeFiles(project.path, files);
  }
  return { ...trial, files, hasMigrations: project.migrations.length > 0 };
}
