import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { StackError } from "./stack_error.ts";

const VERSION = "3.1.0";

/** Applies the project's new migrations, and its seed once, with the Supabase CLI. */
export async function pushMigrations(project: string, dbUrl: string, seed: boolean) {
  const args = ["db", "push", "--yes", `--workdir=${project}`, `--remote=${dbUrl}`];
  if (seed) args.push("--include-seed");
  const cli = spawn(await cliBinary(), args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DO_NOT_TRACK: "1", SUPABASE_TELEMETRY_DISABLED: "1" },
  });
  const output = Promise.all([text(cli.stdout), text(cli.stderr)]);
  const [code] = await once(cli, "exit");
  const [stdout, stderr] = await output;
  if (code !== 0) throw new StackError(reason(stderr || stdout));
}

async function cliBinary(): Promise<string> {
  const name = `@supabase/cli-${process.platform}-${process.arch}`;
  const manifest = `npm:${name}@${VERSION}/package.json`;
  try {
    await import(manifest, { with: { type: "json" } });
    return join(dirname(fileURLToPath(import.meta.resolve(manifest))), "bin", "supabase");
  } catch (cause) {
    throw new StackError(`No Supabase CLI for this machine: npm package ${name} did not load.`, {
      cause,
    });
  }
}

/** Of the CLI's output: the file it was at, what Postgres said, and where. */
function reason(output: string): string {
  const file = [...output.matchAll(/(?:Applying migration|Seeding data from) (\S+?)\.\.\./g)].at(-1)
    ?.[1];
  const error = /^ERROR: .*$/m.exec(output)?.[0] ?? output.trim().split("\n").at(-1);
  const statement = /^At statement: \d+$/m.exec(output)?.[0];
  return [file ?? "supabase db push", error, statement].filter(Boolean).join(": ");
}
