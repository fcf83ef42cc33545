import type { Sql } from "postgres";
import { quoted } from "./sql_text.ts";
import { type Column, labelsOf, readTable, type Table } from "./tables.ts";

/** A row, by column. */
export type Row = Record<string, unknown>;

let made = 0;

/** Makes a row with the given values, and with whatever its table asks for besides: other rows, where it refers to them. */
export async function makeRow(sql: Sql, name: string, given: Row = {}): Promise<Row> {
  const table = await qualified(sql, name);
  const values = { ...given };
  for (const column of table.columns) {
    const isLeft = column.name in values || !column.isRequired || column.hasDefault ||
      column.isGenerated;
    if (!isLeft) values[column.name] = await valueFor(sql, table, column);
  }
  const columns = Object.keys(values);
  const list = columns.length > 0
    ? `(${columns.map(quoted).join(", ")}) values (${
      columns.map((_, i) => `$${i + 1}`).join(", ")
    })`
    : "default values";
  const [row] = await sql.unsafe(
    `insert into ${table.name} ${list} returning *`,
    Object.values(values) as never[],
  );
  return row;
}

/** Tables that refer to all of these, by which column each. */
export async function tablesBetween(
  sql: Sql,
  targets: string[],
): Promise<{ name: string; columns: string[] }[]> {
  const rows = await sql`
    select
      format('%I.%I', n.nspname, c.relname) as name,
      array_agg(a.attname::text order by array_position(${targets}::regclass[], k.confrelid::regclass)) as columns
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
    where k.contype = 'f' and cardinality(k.conkey) = 1 and k.confrelid = any (${targets}::regclass[])
    group by 1
    having count(distinct k.confrelid) = ${targets.length} and count(*) = ${targets.length}
    order by 1`;
  return rows.map(({ name, columns }) => ({ name, columns }));
}

async function qualified(sql: Sql, name: string): Promise<Table> {
  const table = await readTable(sql, name);
  if (!table) throw new Error(`there is no table ${name}`);
  return table;
}

async function valueFor(sql: Sql, table: Table, column: Column): Promise<unknown> {
  const reference = table.references.find((reference) => reference.column === column.name);
  if (reference && reference.table !== table.name) {
    return (await makeRow(sql, reference.table))[reference.key];
  }
  const [label] = labelsOf(table, column) ?? [];
  if (label !== undefined) return label;
  made += 1;
  switch (column.type) {
    case "uuid":
      return crypto.randomUUID();
    case "text":
    case "character varying":
      return `rehearsal ${made}`.slice(0, column.length ?? undefined);
    case "boolean":
      return false;
    case "json":
    case "jsonb":
      return {};
    case "date":
    case "timestamp with time zone":
    case "timestamp without time zone":
      return new Date();
    case "integer":
    case "bigint":
    case "smallint":
    case "numeric":
    case "real":
    case "double precision":
      return made;
  }
  if (column.type.endsWith("[]")) return "{}";
  throw new Error(`${table.name}.${column.name} is of the type ${column.type}`);
}
