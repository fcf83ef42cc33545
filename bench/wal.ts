import postgres, { type Sql } from "postgres";
import { callBodies } from "./calls.ts";
import { number, type Size, type Table } from "./report.ts";
import { fill } from "./rows.ts";
import { startBenchStack, targetOf } from "./stack.ts";
import { type Way, ways } from "./ways.ts";

const published = ["providers", "interaction_logs", "service_requests"];
const statuses = ["queued", "in_progress", "completed"];

/** What one call writes: bytes of WAL, and the row changes that Realtime has to look at. */
export async function wal({ quick }: Size): Promise<Table[]> {
  await using stack = await startBenchStack();
  const places = (await fill(stack.dbUrl, 500, 1_000)).slice(0, quick ? 20 : 200);
  const sql = postgres(stack.dbUrl, { max: 1 });
  await using _ = { [Symbol.asyncDispose]: () => sql.end() };
  await sql`select pg_create_logical_replication_slot('bench', 'pgoutput')`;

  const rows = [];
  for (const way of ["rpc", "statements"] satisfies Way[]) {
    const save = ways[way](targetOf(stack), 1);
    // Once before it counts: the first change of a page after a checkpoint writes the whole page.
    for (const bodies of places.map((place) => callBodies(...place))) {
      for (const body of bodies) await save(body);
    }
    const calls = places.map((place) => callBodies(...place));
    for (const [i, status] of statuses.entries()) {
      await changes(sql);
      const before = await position(sql);
      for (const bodies of calls) await save(bodies[i]);
      const bytes = await position(sql) - before;
      const seen = await changes(sql);
      rows.push([
        way === "rpc" ? "RPC" : "two statements",
        status,
        number(bytes / calls.length),
        ...published.map((table) => number((seen.get(table) ?? 0) / calls.length)),
      ]);
    }
  }
  return [{
    title: "WAL and row changes",
    about:
      "Per event, a transcript of 1.5 KB at the end, one provider after another of requests with ten. The row changes are those of the " +
      "publication `supabase_realtime`, as a logical slot decodes them.",
    head: ["", "event", "WAL bytes", ...published],
    rows,
  }];
}

async function position(sql: Sql): Promise<number> {
  const [{ bytes }] = await sql`
    select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as bytes`;
  return bytes;
}

/** Reads what the slot has: how many rows of each published table were changed. */
async function changes(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql<{ data: Uint8Array }[]>`
    select data from pg_logical_slot_get_binary_changes('bench', null, null,
      'proto_version', '1', 'publication_names', 'supabase_realtime')`;
  const names = new Map<number, string>();
  const counts = new Map<string, number>();
  for (const { data } of rows) {
    const kind = String.fromCharCode(data[0]);
    const relation = new DataView(data.buffer, data.byteOffset).getUint32(1);
    // A relation is described before its first change: id, schema and name, each ended by a zero.
    if (kind === "R") {
      names.set(relation, new TextDecoder().decode(data.subarray(5)).split("\0")[1]);
    }
    if (!"IUD".includes(kind)) continue;
    const name = names.get(relation)!;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
