import { runSupabaseCli } from "../local/supabase_cli.ts";

/** A migration that did not apply: which, and what Postgres said. */
export class PushError extends Error {}

/** Applies a project's new migrations with the CLI that will push them. @throws {PushError} */
export async function push(project: string, dbUrl: string) {
  const { code, stdout, stderr } = await runSupabaseCli(project, dbUrl, "db", "push", "--yes");
  if (code === 0) return;
  const output = stderr || stdout;
  const file = [...output.matchAll(/Applying migration (\S+?)\.\.\./g)].at(-1)?.[1];
  const error = /^ERROR: .*$/m.exec(output)?.[0] ?? output.trim().split("\n").at(-1);
  const statement = /^At statement: \d+$/m.exec(output)?.[0];
  throw new PushError([file ?? "supabase db push", error, statement].filter(Boolean).join(": "));
}
