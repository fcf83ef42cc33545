import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "../local/stack.ts";
import type { TableNames } from "./fit.ts";
import type { Project } from "./project.ts";
import { Refusal } from "./refusal.ts";

/** What our functions share, under a name that nobody else has. */
const SHARED = "_call_results";
const MANIFEST = `supabase/functions/${SHARED}/adopted.json`;

/** What was written before: for which tables, and of our files path -> SHA-256. */
interface Manifest {
  tables?: TableNames;
  files: Record<string, string>;
}

/** A file that is to be there, by its path in the project; without text it is to go. */
export interface PlannedFile {
  path: string;
  text?: string;
}

/** The names of our functions. */
export async function functionNames(): Promise<string[]> {
  const entries = await readdir(join(PROJECT, "supabase/functions"), { withFileTypes: true });
  return entries.filter((entry) =>
    entry.isDirectory() && !entry.name.startsWith("_") && entry.name !== "node_modules"
  )
    .map(({ name }) => name).sort();
}

/** The tables that a project was adopted with. */
export async function adoptedTables(project: Project): Promise<TableNames | undefined> {
  return (await readManifest(project)).tables;
}

/**
 * The files of our functions, as far as a project lacks them or has older ones of ours.
 *
 * @throws {Refusal} Where one would overwrite what is not ours, or was changed.
 */
export async function plannedFunctions(
  project: Project,
  tables: TableNames,
  isForced: boolean,
): Promise<PlannedFile[]> {
  const ours = await ourFiles();
  const { files: manifest } = await readManifest(project);
  const planned: PlannedFile[] = [];
  for (const path of new Set([...ours.keys(), ...Object.keys(manifest)])) {
    const there = await readFile(join(project.path, path), "utf8").catch(() => undefined);
    const text = ours.get(path);
    if (there === text) continue;
    if (there !== undefined && !manifest[path]) {
      throw new Refusal(`${path} is there already, and is not ours: it is not overwritten.`);
    }
    if (there !== undefined && digest(there) !== manifest[path] && !isForced) {
      throw new Refusal(
        `${path} was changed since it was adopted. Take the change back, or use --force: then it is overwritten.`,
      );
    }
    planned.push({ path, text });
  }
  const files = Object.fromEntries([...ours].map(([path, text]) => [path, digest(text)]));
  const text = JSON.stringify({ tables, files }, null, 2) + "\n";
  const there = await readFile(join(project.path, MANIFEST), "utf8").catch(() => undefined);
  if (there !== text) planned.push({ path: MANIFEST, text });
  return planned;
}

/** The settings with a block for each of our functions that has none; undefined where all have. */
export async function configWithFunctions(config: string): Promise<string | undefined> {
  const missing = (await functionNames()).filter((name) =>
    !new RegExp(`^\\s*\\[functions\\."?${name}"?\\]`, "m").test(config)
  );
  if (missing.length === 0) return undefined;
  const blocks = missing.map((name) =>
    `[functions.${name}]\nverify_jwt = false\nimport_map = "./functions/${SHARED}/deno.json"\n`
  );
  return `${config.trimEnd()}\n\n# Call results: these check tokens of their own, as neither Kestra, nor Vapi, nor the schedule has a user's JWT.\n${
    blocks.join("\n")
  }`;
}

async function ourFiles(): Promise<Map<string, string>> {
  const folder = join(PROJECT, "supabase", "functions");
  const files = new Map<string, string>();
  for (const name of ["_shared", ...await functionNames()]) {
    const entries = await readdir(join(folder, name), { withFileTypes: true, recursive: true });
    for (const entry of entries.filter((entry) => entry.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const to = path.slice(folder.length + 1).replace(/^_shared\//, `${SHARED}/`);
      const text = await readFile(path, "utf8");
      files.set(`supabase/functions/${to}`, text.replaceAll("../_shared/", `../${SHARED}/`));
    }
  }
  files.set(
    `supabase/functions/${SHARED}/deno.json`,
    await readFile(join(folder, "deno.json"), "utf8"),
  );
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

async function readManifest(project: Project): Promise<Manifest> {
  const text = await readFile(join(project.path, MANIFEST), "utf8").catch(() => "{}");
  return { files: {}, ...JSON.parse(text) };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
