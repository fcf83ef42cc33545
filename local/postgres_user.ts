import { stat } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import process from "node:process";

/** The account that Postgres runs as, when it cannot be ours. */
export interface PostgresUser {
  name: string;
  uid: number;
  gid: number;
}

/** Postgres refuses to run as root, so root hands it to another account; anyone else runs it. */
export function postgresUser(): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return account("postgres") ?? account("nobody");
}

function account(name: string): PostgresUser | undefined {
  try {
    const id = (flag: string) =>
      Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
    return { name, uid: id("-u"), gid: id("-g") };
  } catch {
    return undefined;
  }
}

/** Whether `user` may enter every folder above `path`, and read `path` itself if it exists. */
export async function reachable(path: string, user: PostgresUser | undefined): Promise<boolean> {
  if (!user) return true;
  for (let at = resolve(path);; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found && found.uid !== user.uid && !(found.mode & 0o001)) return false;
    if (at === dirname(at)) return true;
  }
}
