import { Refusal } from "./refusal.ts";
import { listed } from "./sql_text.ts";
import type { Column, Table } from "./tables.ts";

/** The column of a table's key. @throws {Refusal} Where that is not one uuid. */
export function uuidKey({ name, key, columns }: Table): string {
  const [column] = columns.filter((column) => column.name === key[0] && column.type === "uuid");
  if (key.length !== 1 || !column) {
    throw new Refusal(
      `${name} has no primary key of one uuid column, and a call is reported with the uuids of its provider and its request.`,
    );
  }
  return column.name;
}

/** The column that leads from a table to the request. @throws {Refusal} Without one, or with several. */
export function referenceTo(
  table: Table,
  { table: to, key }: { table: Table; key: string },
): Column {
  const found = table.references.filter((reference) =>
    reference.table === to.name && reference.key === key
  )
    .map(({ column }) => column);
  const one = found.length === 1
    ? found[0]
    : ["request_id", "service_request_id"].find((name) => found.includes(name));
  const column = table.columns.find(({ name }) => name === one);
  if (column) return column;
  throw new Refusal(
    found.length === 0
      ? `No foreign key leads from ${table.name} to ${to.name}.${key}: whose request a row serves cannot be told.`
      : `Several foreign keys lead from ${table.name} to ${to.name}: ${
        listed(found)
      }. Which of them counts cannot be told.`,
  );
}
