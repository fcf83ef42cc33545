import { scan, type ScanToken } from "@libpg-query/parser";
import type { Sql } from "postgres";

/**
 * The functions of `public` and `private` that hold an UPDATE or DELETE without WHERE, which
 * `pg-safeupdate` refuses inside functions, too (https://github.com/eradman/pg-safeupdate), or
 * dynamic SQL, of which nobody can say. Read with Postgres's own scanner, whatever the language.
 */
export async function writesWithoutWhere(sql: Sql): Promise<string[]> {
  const functions = await sql<{ name: string; body: string }[]>`
    select p.oid::regprocedure::text as name,
      coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as body
    from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
    order by 1`;
  const offenders = [];
  for (const { name, body } of functions) {
    const words = (await scan(body)).tokens.filter(isNoComment).map(({ text }) =>
      text.toUpperCase()
    );
    if (words.some((word, i) => word === "EXECUTE" || isWrite(words, i) && !hasWhere(words, i))) {
      offenders.push(name);
    }
  }
  return offenders;
}

function isNoComment({ tokenName }: ScanToken): boolean {
  return !/^(SQL|C)_COMMENT$/.test(tokenName);
}

/** Whether a statement begins there: not `for update`, `for no key update` or `on conflict do update`. */
function isWrite(words: string[], i: number): boolean {
  return words[i] === "UPDATE" && !["FOR", "KEY", "DO"].includes(words[i - 1]) ||
    words[i] === "DELETE" && words[i + 1] === "FROM";
}

/** Whether the statement that begins there has a WHERE of its own, outside its subqueries. */
function hasWhere(words: string[], start: number): boolean {
  let depth = 0;
  for (const word of words.slice(start)) {
    if (word === "(") depth++;
    if (word === ")") depth--;
    if (depth < 0 || depth === 0 && /^(;|LOOP|RETURNING)$/.test(word)) return false;
    if (depth === 0 && word === "WHERE") return true;
  }
  return false;
}
