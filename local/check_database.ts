/**
 * Checks the migrations: their stamps are in order; they apply to an empty Postgres that has
 * Supabase's roles, and make what `supabase/schemas` says; the CLI's advisors find nothing; and both
 * `database.types.ts` (the functions' and the client's, which has to be complete when copied) are
 * what the CLI generates. With `--write` it writes them.
 */
import { join } from "node:path";
import process from "node:process";
import { PROJECT, startStack } from "./stack.ts";
import { StackError } from "./stack_error.ts";
import { stampsOf, wrongStamps } from "./migration_stamps.ts";
import { createSchemasDatabase } from "./schemas.ts";
import { runSupabaseCli, schemaDifference } from "./supabase_cli.ts";

const TYPES = ["supabase/functions/_shared", "client/watch"]
  .map((folder) => join(PROJECT, folder, "database.types.ts"));

try {
  const wrong = wrongStamps(await stampsOf(PROJECT), new Date());
  if (wrong.length > 0) throw new StackError(wrong.join("\n"));
  await using stack = await startStack({ port: 0, dbPort: 0, ephemeral: true, quiet: true });
  console.log("The migrations and the seed apply.");
  if (process.argv.includes("--write")) {
    const types = await generateTypes(stack.dbUrl);
    for (const file of TYPES) {
      await Deno.writeTextFile(file, types);
      console.log(`Wrote ${file}.`);
    }
  } else {
    await checkSchemas(stack.dbUrl);
    await checkAdvisors(stack.dbUrl);
    await checkTypes(stack.dbUrl);
  }
} catch (error) {
  console.error(error instanceof StackError ? error.message : error);
  process.exitCode = 1;
}

async function checkSchemas(dbUrl: string) {
  const difference = await schemaDifference(dbUrl, await createSchemasDatabase(PROJECT, dbUrl));
  if (difference) {
    throw new StackError(
      `${difference}\nsupabase/schemas says this, and the migrations do not: deno task migration NAME`,
    );
  }
  console.log("The schemas say what the migrations make.");
}

async function checkAdvisors(dbUrl: string) {
  const advice = await runSupabaseCli(PROJECT, dbUrl, "db", "advisors", "--fail-on", "warn");
  if (advice.code !== 0) throw new StackError(`${advice.stdout}The advisors found something.`);
  console.log("The advisors find nothing.");
}

async function checkTypes(dbUrl: string) {
  const types = await generateTypes(dbUrl);
  for (const file of TYPES) {
    if (types === await Deno.readTextFile(file)) continue;
    throw new StackError(`${file} is not what the migrations say: deno task generate`);
  }
  console.log("The types match the migrations.");
}

async function generateTypes(dbUrl: string): Promise<string> {
  const types = await runSupabaseCli(PROJECT, dbUrl, "gen", "types", "--schema", "public");
  if (types.code !== 0) throw new StackError(types.stderr);
  const format = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=ts", "-"],
    cwd: PROJECT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = format.stdin.getWriter();
  await writer.write(new TextEncoder().encode(types.stdout));
  await writer.close();
  return new TextDecoder().decode((await format.output()).stdout);
}
