import type { ISql } from "postgres";

const QUERY = await Deno.readTextFile(new URL("catalog.sql", import.meta.url));

/** One thing that the catalog has: a table, a column, a grant's holder, a policy, ... */
interface Entry {
  kind: string;
  /** The table that it is part of. */
  relation: string | null;
  name: string;
  definition: string;
}

/** All that is in a database, by kind, table and name. */
export type Catalog = Map<string, Entry>;

/** Takes down what is in a database now. */
export async function readCatalog(sql: ISql): Promise<Catalog> {
  // One statement of several, so that the path is set for it alone; names come with their schemas then.
  const results = await sql.unsafe<Entry[][]>(`set search_path = ''; ${QUERY}; reset search_path;`);
  const entries = results[1];
  return new Map(entries.map((entry) => [labelOf(entry), entry]));
}

function labelOf({ kind, relation, name }: Entry): string {
  return relation === null
    ? `${kind} ${name}`
    : kind === "column"
    ? `column ${relation}.${name}`
    : `${kind} ${name} on ${relation}`;
}

/**
 * What became of that which was there: changed, gone, or hung on a table that was there. What stands
 * on its own and is new is not named, nor are the columns that were meant to be added.
 */
export function changesOfTheirs(
  before: Catalog,
  after: Catalog,
  added: { table: string; column: string }[],
): string[] {
  const columns = new Set(added.map(({ table, column }) => `column ${table}.${column}`));
  const changes = [];
  for (const [label, { definition }] of before) {
    const now = after.get(label);
    if (!now) changes.push(`${label} is gone`);
    else if (now.definition !== definition) changes.push(`${label} was changed`);
  }
  for (const [label, { kind, relation }] of after) {
    const isTheirs = relation !== null &&
      ["table", "view"].some((kind) => before.has(`${kind} ${relation}`));
    if (before.has(label) || !isTheirs) continue;
    const isMeant = columns.has(label) && kind === "column" &&
      after.get(label)!.definition.split(" | ")[1] === "f";
    if (!isMeant) changes.push(`${label} is new`);
  }
  return changes.sort();
}
