/** `deno task migration NAME`: drafts the migration that makes of the migrations what `supabase/schemas` says. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { stampOf } from "./migration_stamps.ts";
import { createSchemasDatabase } from "./schemas.ts";
import { PROJECT, startStack } from "./stack.ts";
import { StackError } from "./stack_error.ts";
import { schemaDifference } from "./supabase_cli.ts";

try {
  const name = process.argv[2] ?? "";
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new StackError("Say what the migration does: deno task migration add_recordings");
  }
  await using stack = await startStack({
    port: 0,
    dbPort: 0,
    ephemeral: true,
    seed: false,
    quiet: true,
  });
  const schemas = await createSchemasDatabase(PROJECT, stack.dbUrl);
  const difference = await schemaDifference(stack.dbUrl, schemas);
  if (difference) {
    const file = join("supabase", "migrations", `${stampOf(new Date())}_${name}.sql`);
    await writeFile(join(PROJECT, file), difference + "\n");
    console.log(`Drafted ${file}. Review it: what it drops, and what it would do to the rows.`);
  } else {
    console.log(
      "The migrations already make what supabase/schemas says: there is nothing to draft.",
    );
  }
} catch (error) {
  console.error(error instanceof StackError ? error.message : error);
  process.exitCode = 1;
}
