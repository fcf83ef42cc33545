/** What Realtime reads: the changes of the publication, transaction by transaction. */
import { PgoutputPlugin } from "pg-logical-replication";
import type { Sql } from "postgres";

/** One row that was written, as a subscriber is told of it. */
export interface Change {
  table: string;
  type: "insert" | "update" | "delete";
  /** A large value that the write left alone is undefined: it is not sent again. */
  row: Record<string, unknown>;
  /** How much of the write-ahead log's stream it takes. */
  bytes: number;
}

/** Follows the publication `supabase_realtime` from now on. */
export async function followRealtime(sql: Sql) {
  const publication = "supabase_realtime";
  await sql`select pg_create_logical_replication_slot('proof', 'pgoutput')`;
  const parser = new PgoutputPlugin({ protoVersion: 1, publicationNames: [publication] });
  return {
    /** The transactions since the last look that changed something published. */
    async transactions(): Promise<Change[][]> {
      const messages = await sql<{ data: Uint8Array }[]>`
        select data from pg_logical_slot_get_binary_changes(
          'proof', null, null, 'proto_version', '1', 'publication_names', ${publication})`;
      const transactions: Change[][] = [];
      for (const { data } of messages) {
        const message = parser.parse(data as Parameters<typeof parser.parse>[0]);
        if (message.tag === "begin") transactions.push([]);
        if (message.tag === "truncate") throw new Error("a published table was truncated");
        if (message.tag === "insert" || message.tag === "update" || message.tag === "delete") {
          const { schema, name } = message.relation;
          transactions.at(-1)!.push({
            table: `${schema}.${name}`,
            type: message.tag,
            row: (message.tag === "delete" ? message.key : message.new) ?? {},
            bytes: data.length,
          });
        }
      }
      return transactions;
    },
  };
}

/** What changed, in short: `update public.providers`. */
export function summaryOf(changes: Change[]): string[] {
  return changes.map(({ type, table }) => `${type} ${table}`).sort();
}
