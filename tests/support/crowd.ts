import assert from "node:assert/strict";
import { join } from "node:path";
import postgres, { type ReservedSql } from "postgres";
import type { TestStack } from "./stack.ts";

/** Any number that nobody else locks. */
const GATE = 20261124;

/** Runs `work` in `count` sessions of Postgres that are let go at the same moment. */
export async function inSessions<T>(
  { stack, sql }: TestStack,
  count: number,
  work: (session: ReservedSql, index: number) => Promise<T>,
): Promise<T[]> {
  const pool = postgres(stack.dbUrl, { max: count, onnotice: () => {} });
  const gate = await sql.reserve();
  try {
    await gate`select pg_advisory_lock(${GATE})`;
    const working = Promise.all(Array.from({ length: count }, async (_, index) => {
      const session = await pool.reserve();
      await session`select pg_advisory_lock_shared(${GATE})`;
      try {
        return await work(session, index);
      } finally {
        session.release();
      }
    }));
    await areWaiting(gate, count);
    await gate`select pg_advisory_unlock(${GATE})`;
    return await working;
  } finally {
    gate.release();
    // Without a limit it now and then waits for ever for a session that was just released.
    await pool.end({ timeout: 5 });
  }
}

/** Sends deliveries while their request is locked, and lets go once some of them wait for it. */
export async function atTheDoor<T>(
  { sql }: TestStack,
  requestId: string,
  send: () => Promise<T>,
): Promise<T> {
  let sent: Promise<T> | undefined;
  await sql.begin(async (door) => {
    await door`select from service_requests where id = ${requestId} for update`;
    sent = send();
    await areWaiting(door, 8); // the Data API has ten connections
  });
  return await sent!;
}

/** Waits until as many sessions as that wait for a lock. */
export async function areWaiting(
  session: Pick<ReservedSql, "unsafe">,
  count: number,
): Promise<void> {
  let waiting = 0;
  for (let i = 0; i < 500; i++) {
    waiting = (await session.unsafe("select from pg_locks where not granted")).length;
    if (waiting >= count) return;
    await session.unsafe("select pg_sleep(0.02)");
  }
  assert.fail(`${waiting} of ${count} sessions wait for a lock`);
}

/** Asserts that Postgres never had to break up sessions that waited for each other. */
export async function assertNoDeadlock({ stack, sql }: TestStack): Promise<void> {
  const log = await Deno.readTextFile(join(stack.data, "postgres.log"));
  assert.match(log, /database system is ready/);
  assert.doesNotMatch(log, /deadlock/);
  const [{ deadlocks }] = await sql`select sum(deadlocks)::int as deadlocks from pg_stat_database`;
  assert.equal(deadlocks, 0);
}
