import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { npmFile } from "./npm_package.ts";
import { StackError } from "./stack_error.ts";

/** The version that the documentation names, too. */
export const SUPABASE_CLI_VERSION = "3.1.0";

/** What the CLI printed, and how it ended. */
export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the Supabase CLI on a database, in the project's folder. */
export function runSupabaseCli(
  project: string,
  dbUrl: string,
  ...args: string[]
): Promise<CliResult> {
  return run(...args, `--workdir=${project}`, `--remote=${dbUrl}`);
}

/** What has to change in a database for its schemas `public` and `private` to be as in another: nothing, or SQL. */
export async function schemaDifference(from: string, to: string): Promise<string> {
  const schemas = ["--strict-coverage", "--schema", "public,private"];
  const { code, stdout, stderr } = await run("db", "diff", ...schemas, "--from", from, "--to", to);
  if (code !== 0) throw new StackError(stderr || stdout);
  return stdout.trim();
}

async function run(...args: string[]): Promise<CliResult> {
  const cli = spawn(await supabaseCli(), args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      DO_NOT_TRACK: "1",
      SUPABASE_TELEMETRY_DISABLED: "1",
      PGSSLMODE: "disable",
    },
  });
  const output = Promise.all([text(cli.stdout), text(cli.stderr)]);
  const [code] = await once(cli, "exit");
  const [stdout, stderr] = await output;
  return { code, stdout, stderr };
}

/** Where the program is. The `supabase` package wants those of all platforms; we load this machine's alone. */
export async function supabaseCli(): Promise<string> {
  const name = `@supabase/cli-${process.platform}-${process.arch}`;
  try {
    const manifest = await npmFile(`npm:${name}@${SUPABASE_CLI_VERSION}/package.json`);
    return join(dirname(manifest), "bin", "supabase");
  } catch (cause) {
    throw new StackError(`No Supabase CLI for this machine: npm package ${name} did not load.`, {
      cause,
    });
  }
}
