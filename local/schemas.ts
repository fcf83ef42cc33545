import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { prepareSupabaseProject } from "./supabase_project.ts";

/**
 * Makes a second database beside `dbUrl` from the files of `supabase/schemas`, in the order of their
 * names, and returns its URL.
 */
export async function createSchemasDatabase(project: string, dbUrl: string): Promise<string> {
  const url = new URL(dbUrl);
  url.pathname = "/schemas";
  const admin = postgres(dbUrl, { max: 1, onnotice: () => {} });
  await admin`create database schemas`.finally(() => admin.end());
  await prepareSupabaseProject(url.href);
  const folder = join(project, "supabase", "schemas");
  const sql = postgres(url.href, { max: 1, onnotice: () => {} });
  try {
    for (const name of (await readdir(folder)).sort()) {
      await sql.unsafe(await readFile(join(folder, name), "utf8"));
    }
  } finally {
    await sql.end();
  }
  return url.href;
}
