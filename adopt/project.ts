import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Refusal } from "./refusal.ts";

/** Somebody's project: a folder with `supabase/` in it. */
export interface Project {
  path: string;
  /** The names of its migrations, in order. */
  migrations: string[];
  /** supabase/config.toml. */
  config: string;
}

/** @throws {Refusal} Where a folder has no `supabase/` with its settings. */
export async function readProject(path: string): Promise<Project> {
  if (!existsSync(join(path, "supabase", "config.toml"))) {
    throw new Refusal(
      `${path} has no supabase/config.toml: name the folder that holds your project's supabase/, with --into DIR.`,
    );
  }
  const config = await readFile(join(path, "supabase", "config.toml"), "utf8");
  const version = Number(/^\s*major_version\s*=\s*(\d+)/m.exec(config)?.[1] ?? 17);
  if (version < 16) {
    throw new Refusal(
      `supabase/config.toml says that the database is PostgreSQL ${version}, and the core needs 16 or later: upgrade it in the dashboard, and say so there.`,
    );
  }
  const migrations = await readdir(join(path, "supabase", "migrations")).catch(() => []);
  return {
    path,
    migrations: migrations.filter((file) => /^\d+_.*\.sql$/.test(file)).sort(),
    config,
  };
}

/** Where the CLI notes things of its own. */
const CLI_FOLDERS = [":(exclude)supabase/.temp", ":(exclude)supabase/.branches"];

/** Refuses to write where the diff could not be told from other changes. */
export function refuseUncommitted(path: string) {
  let status;
  try {
    const git = ["-C", path, "status", "--porcelain", "--", "supabase", ...CLI_FOLDERS];
    status = execFileSync("git", git, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    throw new Refusal(
      `${path} is in no git repository: there would be no diff to review. Put it into one, or use --force.`,
    );
  }
  if (status) {
    throw new Refusal(
      `There are changes under supabase/ that are not committed:\n${status.trimEnd()}\nCommit them first, so that the diff is ours alone, or use --force.`,
    );
  }
}

/** A project of the migrations alone, without settings that want anything else; it goes when it is disposed of. */
export async function copyOfMigrations(
  project: Project,
): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "adopt-"));
  const migrations = join("supabase", "migrations");
  await writeFiles(path, [{
    path: join("supabase", "config.toml"),
    text: 'project_id = "scratch"\n',
  }]);
  if (project.migrations.length > 0) {
    await cp(join(project.path, migrations), join(path, migrations), { recursive: true });
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Writes files into a folder; one without text is removed. */
export async function writeFiles(folder: string, files: { path: string; text?: string }[]) {
  for (const { path, text } of files) {
    const file = join(folder, path);
    if (text === undefined) {
      await rm(file, { force: true });
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
