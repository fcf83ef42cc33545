import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A migration, and when it was committed (not yet: undefined); both as `YYYYMMDDHHMMSS`, in UTC. */
export interface Stamp {
  name: string;
  stamp: string;
  committed?: string;
}

/** The stamp of a time. */
export function stampOf(time: Date): string {
  return time.toISOString().replaceAll(/[-:T]/g, "").slice(0, 14);
}

/**
 * What is wrong with the stamps. The CLI applies migrations in the order of their stamps, and
 * refuses one that sorts before one that a database already has.
 */
export function wrongStamps(stamps: Stamp[], now: Date): string[] {
  const committed = stamps.filter((one) => one.committed);
  return stamps.flatMap(({ name, stamp, committed: at = stampOf(now) }) => {
    if (stamp > at) return [`${name} is stamped later than it was made: ${at}`];
    const later = committed.find((other) => other.committed! < at && other.stamp > stamp);
    return later ? [`${name} sorts before ${later.name}, which was committed before it`] : [];
  });
}

/** The migrations of a project, as git knows them. */
export async function stampsOf(project: string): Promise<Stamp[]> {
  const folder = join("supabase", "migrations");
  const names = (await readdir(join(project, folder))).filter((name) => name.endsWith(".sql"));
  return names.sort().map((name) => {
    const times = execFileSync(
      "git",
      ["log", "--diff-filter=A", "--format=%ct", "--", join(folder, name)],
      { cwd: project, encoding: "utf8" },
    ).trim().split("\n");
    const first = Number(times.at(-1));
    return {
      name,
      stamp: name.split("_")[0],
      committed: first ? stampOf(new Date(first * 1000)) : undefined,
    };
  });
}
