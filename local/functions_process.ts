import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Settings } from "./settings.ts";

/** What another Deno needs, so that it leaves ours its lock file and `node_modules`, and reads the functions' imports alone. */
const foreign = (folder: string) => [
  "--no-lock",
  "--node-modules-dir=none",
  `--config=${join(folder, "deno.json")}`,
];

const LISTENING = /^functions listening on (\d+)$/;

/** The process that runs the edge functions; it is started again when it dies. */
export class FunctionsProcess {
  #child?: ChildProcess;
  #port = 0;
  #stopping = false;

  /** @param deno Another Deno than ours; by default the one that `FUNCTIONS_DENO` names, if any. */
  constructor(
    private readonly project: string,
    private readonly log: (line: string) => void,
    private readonly deno = process.env.FUNCTIONS_DENO,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts the functions with these settings, and waits until they answer. */
  async start(env: Settings): Promise<void> {
    this.#stopping = false;
    const folder = join(this.project, "supabase", "functions");
    const child = spawn(this.deno ?? Deno.execPath(), [
      "run",
      ...this.deno === undefined ? [] : foreign(folder),
      "--quiet",
      "--no-prompt",
      "--allow-net",
      "--allow-env",
      `--allow-read=${folder}`,
      fileURLToPath(new URL("functions.ts", import.meta.url)),
      pathToFileURL(folder).href + "/",
      `${this.#port}`,
      ...await functionNames(folder),
    ], {
      cwd: this.project,
      stdio: ["pipe", "pipe", "pipe"],
      detached: true, // out of reach of the terminal's Ctrl-C: we stop it ourselves
      env: { ...inherited(), NO_COLOR: "1", ...env },
    });
    this.#child = child;
    child.once("exit", (code, signal) => this.#startAgain(child, env, signal ?? code));
    await this.#listening(child);
  }

  /** Stops the functions and waits until they are gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  }

  /** Starts the functions anew with other settings, at the same address. */
  async restart(env: Settings): Promise<void> {
    await this.stop();
    await this.start(env);
  }

  async #listening(child: ChildProcess): Promise<void> {
    createInterface({ input: child.stderr! }).on("line", this.log);
    const lines = createInterface({ input: child.stdout! });
    await new Promise<void>((resolve) => {
      lines.on("line", (line) => {
        const port = LISTENING.exec(line)?.[1];
        if (!port) return this.log(line);
        this.#port = Number(port);
        resolve();
      });
      lines.on("close", resolve);
    });
  }

  #startAgain(child: ChildProcess, env: Settings, how: number | string | null) {
    if (this.#stopping || child !== this.#child) return;
    this.log(`The functions process ended (${how}); starting it again.`);
    this.start(env);
  }
}

async function functionNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_"))
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(folder, name, "index.ts")));
}

/** What Deno itself needs to find its cache; nothing else of our environment is the functions'. */
function inherited(): Settings {
  const names = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"];
  const env = names.map((name) => [name, Deno.env.get(name)]).filter(([, value]) => value);
  return Object.fromEntries(env);
}
