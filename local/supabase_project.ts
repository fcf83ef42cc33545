import { readFile } from "node:fs/promises";
import { getAuthSchemaSql } from "@supabase/lite";
import postgres from "postgres";

/** Gives the database the roles, schemas and functions that a Supabase project starts with. */
export async function prepareSupabaseProject(dbUrl: string): Promise<void> {
  const sql = postgres(dbUrl, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(getAuthSchemaSql());
    await sql.unsafe(await readFile(new URL("supabase_project.sql", import.meta.url), "utf8"));
  } finally {
    await sql.end();
  }
}
