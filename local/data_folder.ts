import { chown, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { checkoutKey } from "./checkout.ts";
import { type PostgresUser, reachable } from "./postgres_user.ts";
import { StackError } from "./stack_error.ts";

const MARK = "local-stack.lock";

/** A data folder that no other stack uses. */
export interface DataFolder {
  path: string;
  /** The cluster's own folder (PGDATA). */
  cluster: string;
  log: string;
  /** Gives the folder up; an ephemeral one is removed. */
  release(): Promise<void>;
}

/** Takes a folder for this stack alone: a new temporary one, the one asked for, or the project's. */
export async function claimDataFolder(
  options: { data?: string; ephemeral?: boolean; project: string },
  user?: PostgresUser,
): Promise<DataFolder> {
  const path = options.ephemeral
    ? await mkdtemp(join(user ? "/var/tmp" : tmpdir(), "local-stack-"))
    : resolve(options.data ?? await projectFolder(options.project, user));
  await mkdir(path, { recursive: true });
  if (!await reachable(dirname(path), user)) {
    throw new StackError(
      `${path} is out of reach for the user ${user?.name}, who runs Postgres for root. ` +
        "Choose another folder with --data DIR.",
    );
  }
  await refuseForeign(path);
  const mark = await Deno.open(join(path, MARK), { create: true, write: true });
  if (!await mark.tryLock(true)) {
    mark.close();
    throw new StackError(`${path} is in use by a running stack. Choose another with --data DIR.`);
  }
  if (user) await chown(path, user.uid, user.gid);
  return {
    path,
    cluster: join(path, "postgres"),
    log: join(path, "postgres.log"),
    async release() {
      mark.close();
      if (options.ephemeral) await rm(path, { recursive: true, force: true });
    },
  };
}

/** `.stack` in the project or, where Postgres cannot reach that, a folder of its own elsewhere. */
async function projectFolder(project: string, user?: PostgresUser): Promise<string> {
  const inside = join(project, ".stack");
  if (await reachable(inside, user)) return inside;
  return `/var/tmp/${basename(project)}-stack-${checkoutKey(project)}`;
}

async function refuseForeign(path: string) {
  const files = await readdir(path);
  if (files.length && !files.includes(MARK)) {
    const what = files.includes("PG_VERSION") ? "the data of another Postgres" : "other files";
    throw new StackError(`${path} holds ${what}. Choose another folder with --data DIR.`);
  }
  const version = await readFile(join(path, "postgres", "PG_VERSION"), "utf8").catch(() => "17");
  if (version.trim() !== "17") {
    throw new StackError(
      `${path} is of PostgreSQL ${version.trim()}, this is 17. Choose another with --data DIR.`,
    );
  }
}
