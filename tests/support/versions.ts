import type { Sql } from "postgres";

/** The versions of all rows of our tables: whatever is written makes them others. */
export async function versionsOf(sql: Sql): Promise<Record<string, string>> {
  const tables = await sql`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('public', 'private') order by 1`;
  const versions: Record<string, string> = {};
  for (const { name } of tables) {
    const [{ digest }] = await sql.unsafe(
      `select md5(coalesce(string_agg(format('%s %s %s', ctid, xmin, xmax), ',' order by ctid), '')) as digest from ${name}`,
    );
    versions[name] = digest;
  }
  return versions;
}
