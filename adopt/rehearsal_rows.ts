import type { Sql } from "postgres";
import type { Fit } from "./fit.ts";
import { makeRow, type Row, tablesBetween } from "./rows.ts";
import { quoted } from "./sql_text.ts";
import type { Table } from "./tables.ts";

/** The rows that a rehearsal is played on. */
export interface RehearsalRows {
  request: string;
  /** Two who are called. */
  providers: string[];
  /** The customer who the request belongs to, as far as a column says so. */
  customer: string;
}

/** Makes a customer, a request of theirs, and two providers for it. */
export async function makeRehearsalRows(
  sql: Sql,
  { requests, providers, log }: Fit,
): Promise<RehearsalRows> {
  const user = (await makeRow(sql, "auth.users")).id as string;
  const given: Row = {};
  const users = new Map([["auth.users", user]]);
  for (const { column, table, key } of requests.table.references) {
    const known = users.get(table) ?? await profileOf(sql, table, key, user);
    if (known === undefined) continue;
    users.set(table, known);
    if (isFillable(requests.table, column)) given[column] = known;
  }
  const tenants = requests.table.references.filter(({ column }) =>
    log.inherited.includes(column) && !(column in given)
  );
  for (const { column, table, key } of tenants) {
    given[column] = (await makeRow(sql, table))[key];
    for (const [users_, id] of users) {
      for (const { name, columns } of await tablesBetween(sql, [table, users_])) {
        if (name === requests.table.name) continue;
        await makeRow(sql, name, { [columns[0]]: given[column], [columns[1]]: id });
      }
    }
  }
  const request = await makeRow(sql, requests.table.name, given);
  const theirs = [];
  for (let i = 0; i < 2; i++) {
    const inherited = Object.fromEntries(
      log.inherited.filter((column) => isFillable(providers.table, column)).map((
        column,
      ) => [column, request[column]]),
    );
    const provider = await makeRow(sql, providers.table.name, {
      ...inherited,
      [providers.request]: request[requests.key],
    });
    theirs.push(provider[providers.key] as string);
  }
  return { request: request[requests.key] as string, providers: theirs, customer: user };
}

/** How many rows of the three tables each of these sees. */
export async function visibleRows(
  sql: Sql,
  fit: Fit,
  customer: string,
): Promise<Record<string, string>> {
  const roles: [who: string, role: string, claims: Row][] = [
    ["anybody", "anon", { role: "anon" }],
    ["the customer", "authenticated", { role: "authenticated", sub: customer }],
    ["another customer", "authenticated", { role: "authenticated", sub: crypto.randomUUID() }],
  ];
  const seen: Record<string, string> = {};
  for (const [who, role, claims] of roles) {
    const counts = [];
    for (const { table } of [fit.requests, fit.providers, fit.log]) {
      const count = await sql.begin(async (sql) => {
        await sql`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`;
        await sql.unsafe(`set local role ${role}`);
        return (await sql.unsafe(`select count(*)::int from ${table.name}`))[0].count;
      }).catch((error) => {
        if (error.code === "42501") return "not allowed";
        throw error;
      });
      counts.push(`${table.name.replace(/^public\./, "")} ${count}`);
    }
    seen[who] = counts.join(", ");
  }
  return seen;
}

/** The row of the user in a table whose key is a user's id, such as public.users. */
async function profileOf(
  sql: Sql,
  table: string,
  key: string,
  user: string,
): Promise<string | undefined> {
  const [isProfile] = await sql`
    select from pg_constraint k
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    where k.conrelid = ${table}::regclass and k.contype = 'f' and k.confrelid = 'auth.users'::regclass and a.attname = ${key}`;
  if (!isProfile) return undefined;
  const [there] = await sql.unsafe(`select from ${table} where ${quoted(key)} = $1`, [user]);
  if (!there) await makeRow(sql, table, { [key]: user });
  return user;
}

function isFillable(table: Table, column: string): boolean {
  return table.columns.some(({ name, isGenerated }) => name === column && !isGenerated);
}
