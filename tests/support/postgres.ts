import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import type { StopSignal } from "../../local/postgres.ts";
import type { Stack } from "../../local/stack.ts";

/**
 * Stops Postgres with all its processes: those of a server that was killed still answer for a
 * moment without it, on the connections that they have.
 */
export async function stopPostgres(stack: Stack, signal: StopSignal): Promise<void> {
  const sql = postgres(stack.dbUrl, { max: 1 });
  const processes = await sql`select pid from pg_stat_activity`;
  await sql.end();
  await stack.postgres.stop(signal);
  // Where nobody reaps orphans, as in some containers, the dead ones seem to be alive.
  const deadline = Date.now() + 3000;
  for (const { pid } of processes) {
    while (isAlive(pid) && Date.now() < deadline) await delay(10);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
