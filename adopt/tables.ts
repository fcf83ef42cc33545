import type { ISql } from "postgres";

/** A column, as the catalog has it. */
export interface Column {
  name: string;
  /** Without a length or a precision: `numeric`. */
  type: string;
  /** `enum` where the type is one, else null. */
  labels: string[] | null;
  /** What stands in the parentheses of `numeric(5,2)` and `varchar(80)`. */
  precision: number | null;
  scale: number | null;
  length: number | null;
  isRequired: boolean;
  hasDefault: boolean;
  /** A default that is a plain text or label. */
  defaultText: string | null;
  /** Generated, or an identity: nobody writes it. */
  isGenerated: boolean;
}

/** A foreign key of one column. */
export interface Reference {
  column: string;
  table: string;
  key: string;
}

/** A table, as the catalog has it. */
export interface Table {
  /** Quoted where it has to be: `public.providers`. */
  name: string;
  columns: Column[];
  /** Of the primary key. */
  key: string[];
  references: Reference[];
  /** The columns of each unique index. */
  unique: string[][];
  /** What its check constraints say. */
  checks: string[];
  /** What service_role may do: select, insert, update. */
  granted: string[];
}

/** Reads a table; undefined where there is none of that name. */
export async function readTable(sql: ISql, name: string): Promise<Table | undefined> {
  const [found] = await sql`
    select c.oid, format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = to_regclass(${name}) and c.relkind in ('r', 'p')`;
  if (!found) return undefined;
  const columns = await sql<Column[]>`
    select
      a.attname as name,
      format_type(t.oid, null) as type,
      (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels,
      information_schema._pg_numeric_precision(t.oid, m.typmod) as precision,
      information_schema._pg_numeric_scale(t.oid, m.typmod) as scale,
      information_schema._pg_char_max_length(t.oid, m.typmod) as length,
      a.attnotnull or d.typnotnull as "isRequired",
      a.atthasdef or a.attidentity <> '' or d.typdefault is not null as "hasDefault",
      substring(pg_get_expr(ad.adbin, ad.adrelid) from '^''([^'']*)''::') as "defaultText",
      a.attgenerated <> '' or a.attidentity <> '' as "isGenerated"
    from pg_attribute a
    join pg_type d on d.oid = a.atttypid
    -- Of a domain, what it is made of.
    join pg_type t on t.oid = case when d.typtype = 'd' then d.typbasetype else d.oid end
    cross join lateral (select case when d.typtype = 'd' then d.typtypmod else a.atttypmod end as typmod) m
    left join pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
    where a.attrelid = ${found.oid} and a.attnum > 0 and not a.attisdropped
    order by a.attnum`;
  const constraints = await sql`
    select
      c.contype as kind, pg_get_constraintdef(c.oid) as definition,
      (
        select array_agg(a.attname::text order by u.position)
        from unnest(c.conkey) with ordinality u (number, position)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = u.number
      ) as columns,
      (select format('%I.%I', n.nspname, f.relname) from pg_class f join pg_namespace n on n.oid = f.relnamespace where f.oid = c.confrelid) as table,
      (select a.attname from pg_attribute a where a.attrelid = c.confrelid and a.attnum = c.confkey[1]) as key
    from pg_constraint c
    where c.conrelid = ${found.oid}
    order by c.conname`;
  const unique = await sql`
    select (
      select coalesce(array_agg(a.attname::text order by a.attnum), '{}')
      from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    ) as columns
    from pg_index i
    where i.indrelid = ${found.oid} and i.indisunique and not i.indisprimary`;
  const [{ granted }] = await sql`
    select array_agg(p) filter (where has_table_privilege('service_role', ${found.oid}::oid, p)) as granted
    from unnest(array['select', 'insert', 'update']) p`;
  return {
    name: found.name,
    columns: [...columns],
    key: constraints.find(({ kind }) => kind === "p")?.columns ?? [],
    references: constraints.filter(({ kind, columns }) => kind === "f" && columns.length === 1)
      .map(({ columns, table, key }) => ({ column: columns[0], table, key })),
    unique: unique.map(({ columns }) => columns),
    checks: constraints.filter(({ kind }) => kind === "c").map(({ definition }) => definition),
    granted: granted ?? [],
  };
}

/** The labels that a column may hold, if its type or a check says which. */
export function labelsOf(table: Table, column: Column): string[] | null {
  if (column.labels) return column.labels;
  const list = table.checks.find((check) =>
    new RegExp(`^CHECK \\(\\(\\(?"?${column.name}"?\\)?(::\\w+)? = ANY `).test(check)
  );
  return list
    ? [...list.matchAll(/'((?:[^']|'')*)'::/g)].map(([, text]) => text.replaceAll("''", "'"))
    : null;
}
