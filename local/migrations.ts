import { StackError } from "./stack_error.ts";
import { runSupabaseCli } from "./supabase_cli.ts";

/** Applies the project's new migrations, and its seed once, with the Supabase CLI. */
export async function pushMigrations(project: string, dbUrl: string, seed: boolean) {
  const args = ["db", "push", "--yes"];
  if (seed) args.push("--include-seed");
  const { code, stdout, stderr } = await runSupabaseCli(project, dbUrl, ...args);
  if (code !== 0) throw new StackError(reason(stderr || stdout));
}

/** Of the CLI's output: the file it was at, what Postgres said, and where. */
function reason(output: string): string {
  const file = [...output.matchAll(/(?:Applying migration|Seeding data from) (\S+?)\.\.\./g)].at(-1)
    ?.[1];
  const error = /^ERROR: .*$/m.exec(output)?.[0] ?? output.trim().split("\n").at(-1);
  const statement = /^At statement: \d+$/m.exec(output)?.[0];
  return [file ?? "supabase db push", error, statement].filter(Boolean).join(": ");
}
