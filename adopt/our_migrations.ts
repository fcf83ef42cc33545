import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stampOf } from "../local/migration_stamps.ts";
import { PROJECT } from "../local/stack.ts";
import { adapterMigration, columnsMigration } from "./adapter.ts";
import type { Fit } from "./fit.ts";
import { Refusal } from "./refusal.ts";

/** By this our migrations are known among theirs. */
const MARK = /^\d+_call_results_(\w+)\.sql$/;

/** How the core begins where the schema `private` is theirs. */
export const BESIDE_THEIRS =
  "-- The schema private is yours; this is what is needed of it.\ngrant usage on schema private to service_role;";

/** A migration without its stamp. */
export interface Migration {
  name: string;
  text: string;
}

/** The names of those that a project has of ours, and their files. */
export function adoptedMigrations(files: string[]): Map<string, string> {
  return new Map(files.flatMap((file) => {
    const name = MARK.exec(file)?.[1];
    return name ? [[name, file] as const] : [];
  }));
}

/** All of ours, in order: with a fit to tables that are there the adapter to these, else our own tables and theirs. */
export async function ourMigrations(
  fit: Fit | undefined,
  hasPrivateSchema: boolean,
): Promise<Migration[]> {
  const folder = join(PROJECT, "supabase", "migrations");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  const migrations = await Promise.all(files.map(async (file) => ({
    name: file.replace(/^\d+_|\.sql$/g, ""),
    text: await readFile(join(folder, file), "utf8"),
  })));
  return (await Promise.all(migrations.map(async ({ name, text }): Promise<Migration[]> => {
    if (name === "core" && hasPrivateSchema) return [{ name, text: await besideTheirSchema(text) }];
    if (!fit || !/^(application_tables|adapter)/.test(name)) return [{ name, text }];
    // Those that come later change our own tables.
    if (name === "adapter") return [{ name, text: adapterMigration(fit) }];
    const columns = name === "application_tables" ? columnsMigration(fit) : undefined;
    return columns ? [{ name: "columns", text: columns }] : [];
  }))).flat();
}

/** A schema `private` that is theirs keeps its comment and its grants; one is added, which changes nothing for others. */
async function besideTheirSchema(core: string): Promise<string> {
  const head = (await readFile(join(PROJECT, "supabase/schemas/00_private_schema.sql"), "utf8"))
    .trimEnd();
  if (!core.startsWith(head)) throw new Error("the core does not begin with the private schema");
  return BESIDE_THEIRS + core.slice(head.length);
}

/**
 * Says whether those that a project has are this version's; what it has of the adapter and the columns is its own.
 *
 * @throws {Refusal} Where one is not.
 */
export async function refuseOtherVersion(adopted: Map<string, string>, folder: string) {
  const versions = [
    ...await ourMigrations(undefined, false),
    ...await ourMigrations(undefined, true),
  ];
  for (const [name, file] of adopted) {
    if (/^(adapter|columns)/.test(name)) continue;
    const text = await readFile(join(folder, file), "utf8");
    if (versions.some((migration) => migration.name === name && migration.text === text)) continue;
    throw new Refusal(
      `supabase/migrations/${file} is not this version's. If it was pushed nowhere yet, delete what matches ` +
        "supabase/migrations/*_call_results_*.sql and adopt again; else use the version that wrote it.",
    );
  }
}

/**
 * Names for new migrations, behind the project's newest and none of them in the future: where it has just been made, this
 * waits for the clock.
 *
 * @throws {Refusal} Where the project's newest is itself of the future.
 */
export async function stamped(
  migrations: Migration[],
  files: string[],
): Promise<{ file: string; text: string }[]> {
  if (migrations.length === 0) return [];
  const newest = files.map((file) => /^\d+/.exec(file)?.[0] ?? "").sort().at(-1) ?? "";
  const now = Date.now();
  if (newest > stampOf(new Date(now))) {
    throw new Refusal(
      `The newest migration, ${
        files.findLast((file) => file.startsWith(newest))
      }, is stamped in the future: ours would have to be, too. Give it a stamp of the past.`,
    );
  }
  let first = now - (migrations.length - 1) * 1000;
  while (stampOf(new Date(first)) <= newest) first += 1000;
  await delay(Math.max(0, first + (migrations.length - 1) * 1000 - now));
  return migrations.map(({ name, text }, i) => ({
    file: `${stampOf(new Date(first + i * 1000))}_call_results_${name}.sql`,
    text,
  }));
}
