import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PROJECT } from "../../local/stack.ts";
import { SUPABASE_CLI_VERSION, supabaseCli } from "../../local/supabase_cli.ts";
import { type HostedProject, startHostedProject } from "./hosted_project.ts";

/** A folder that goes when it is disposed of. */
export interface Folder extends AsyncDisposable {
  path: string;
}

/** A deployment by the README's block. */
export interface Rehearsal extends AsyncDisposable {
  project: HostedProject;
  /** What was printed, each command before what it said. */
  output: string;
  /** Pastes the block once more; returns what was printed. */
  again(): Promise<string>;
}

/** The project ref that the README's block names. */
export function refOf(block: string): string {
  return /^PROJECT_REF=(\w+)$/m.exec(block)?.[1] ?? fail("The block sets no PROJECT_REF.");
}

/** The README's block of that language, the first one under "Deploy". */
export function deployBlock(readme: string, language: string): string {
  const section = readme.split(/^## /m).find((section) => section.startsWith("Deploy\n"));
  const block = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(section ?? "")?.[1];
  return block ?? fail(`The README has no \`\`\`${language} block under "Deploy".`);
}

/** A copy of this project's working tree, without what a checkout of one's own adds to it. */
export async function copyOfProject(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "rehearsal-"));
  const own = /\/(\.git|node_modules|\.stack|site|supabase\/\.(temp|branches)|functions\/\.env)$/;
  await cp(PROJECT, path, { recursive: true, filter: (source) => !own.test(source) });
  // Nobody listens there, so that a command that goes to the local stack does not reach a real one.
  const config = join(path, "supabase/config.toml");
  await writeFile(config, (await readFile(config, "utf8")).replaceAll(/^port = .*$/gm, "port = 1"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/**
 * Runs the README's deploy block, as it stands in `folder`, with the real CLI against a stand-in
 * for a new hosted project.
 *
 * @throws {Error} Which command failed, or went to the local stack, or what was uploaded that is
 * not under `supabase/functions`.
 */
export async function rehearse(folder: string): Promise<Rehearsal> {
  const block = deployBlock(await readFile(join(folder, "README.md"), "utf8"), "sh");
  await using started = new AsyncDisposableStack();
  const project = started.use(await startHostedProject(refOf(block)));
  const again = () => paste(block, folder, project.env);
  const output = await again();
  for (const [name, { files }] of project.api.functions) {
    for (const path of files.keys()) {
      if (!path.startsWith("supabase/functions/")) {
        fail(`${name} imports ${path}, which is not under supabase/functions.`);
      }
    }
  }
  const running = started.move();
  return { project, output, again, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function paste(block: string, folder: string, env: Record<string, string>): Promise<string> {
  await using bin = await npxOfTheCli();
  const shell = await new Deno.Command("bash", {
    args: ["-eu", "-o", "pipefail", "-c", `exec 2>&1; PS4='$ '; set -x\n${block}`],
    cwd: folder,
    clearEnv: true,
    env: { ...env, PATH: `${bin.path}:${Deno.env.get("PATH")}` },
    stdin: "null",
  }).output();
  const output = new TextDecoder().decode(shell.stdout);
  const lines = output.split("\n");
  const local = lines.findIndex((line) => /local stack/i.test(line));
  if (local >= 0) {
    fail(`${commandBefore(lines, local)} goes to the local stack: ${lines[local]}`, output);
  }
  if (shell.code !== 0) fail(`${commandBefore(lines, lines.length)} failed.`, output);
  return output;
}

function commandBefore(lines: string[], end: number): string {
  return lines.slice(0, end).findLast((line) => line.startsWith("$ "))?.slice(2) ?? "The block";
}

/** An `npx` that runs this project's CLI, where it is asked for by its version, and nothing else. */
async function npxOfTheCli(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "rehearsal-bin-"));
  const name = `supabase@${SUPABASE_CLI_VERSION}`;
  const script = `#!/bin/sh
if [ "$1 $2" != "-y ${name}" ]; then
  echo "npx -y ${name} is what the rehearsal can run, not: npx $*" >&2
  exit 64
fi
shift 2
exec '${await supabaseCli()}' "$@"
`;
  await writeFile(join(path, "npx"), script, { mode: 0o755 });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** Writes what was uploaded of one function, and nothing else, into an empty folder. */
export async function unpacked({ api }: HostedProject, name: string): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), `deployed-${name}-`));
  for (const [file, content] of api.functions.get(name)!.files) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), content);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

function fail(message: string, output = ""): never {
  throw new Error(`${message}\n${output}`.trim());
}
