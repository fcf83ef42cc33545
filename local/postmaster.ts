import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";

/** What the server on a cluster says of itself in postmaster.pid; pid 0 where there is none. */
export async function postmaster(cluster: string) {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n").map((line) => line.trim());
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7] === "ready" };
}

/** Stops a server that outlived its stack, once it has proved that it runs on this cluster. */
export async function stopOrphan(cluster: string): Promise<void> {
  const { pid, port } = await postmaster(cluster);
  if (!pid || await dataDirectory(port) !== await realpath(cluster)) return;
  process.kill(pid, "SIGINT");
  while ((await postmaster(cluster)).pid === pid) await delay(20);
}

async function dataDirectory(port: number): Promise<string | undefined> {
  const sql = postgres(`postgresql://postgres:postgres@127.0.0.1:${port}/postgres`, {
    max: 1,
    connect_timeout: 2,
  });
  try {
    const [{ data_directory }] = await sql`show data_directory`;
    return await realpath(data_directory);
  } catch {
    return undefined;
  } finally {
    await sql.end();
  }
}
