import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sql } from "postgres";

/** Stands in for what migrations use of the platform, and leaves the extensions out that cannot be had here. */
export async function standInForPlatform(sql: Sql, project: string) {
  await sql.unsafe(await Deno.readTextFile(new URL("platform.sql", import.meta.url)));
  const available = new Set(
    (await sql`select name from pg_available_extensions`).map(({ name }) => name),
  );
  const folder = join(project, "supabase", "migrations");
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith(".sql")) continue;
    const text = await readFile(join(folder, name), "utf8");
    await writeFile(join(folder, name), withoutExtensions(text, available));
  }
}

/** A migration without the statements that create, or comment on, an extension that there is not. */
function withoutExtensions(text: string, available: Set<string>): string {
  const statement =
    /\b(?:create|comment\s+on|alter)\s+extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)"?[^;]*;/gi;
  return text.replaceAll(statement, (statement, name) => available.has(name) ? statement : "");
}
