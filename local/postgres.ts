import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { chown, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import type { DataFolder } from "./data_folder.ts";
import type { PostgresBinaries } from "./postgres_binaries.ts";
import type { PostgresUser } from "./postgres_user.ts";
import { postmaster } from "./postmaster.ts";
import { StackError } from "./stack_error.ts";

/** How Postgres is told to stop: smart, fast, immediate or not at all. */
export type StopSignal = "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGKILL";

/** One PostgreSQL server on one data folder. */
export class Postgres {
  #process?: ChildProcess;

  constructor(
    readonly port: number,
    private readonly folder: DataFolder,
    private readonly binaries: PostgresBinaries,
    private readonly user?: PostgresUser,
  ) {}

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Makes the cluster, unless the folder has one. */
  async create(): Promise<void> {
    const { cluster, path } = this.folder;
    if (await exists(join(cluster, "PG_VERSION"))) return;
    await rm(cluster, { recursive: true, force: true });
    const password = join(path, "password");
    await writeFile(password, "postgres", { mode: 0o600 });
    if (this.user) await chown(password, this.user.uid, this.user.gid);
    const initdb = this.#spawn(this.binaries.initdb, [
      `--pgdata=${cluster}`,
      "--username=postgres",
      `--pwfile=${password}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-sync",
      "--no-instructions",
    ]);
    const [code] = await once(initdb, "exit");
    await rm(password);
    if (code !== 0) throw new StackError(`initdb failed: ${await this.#lastWords()}`);
  }

  /** Starts the server and waits until it takes connections. */
  async start(): Promise<void> {
    const patience = Date.now() + 10_000;
    while (!await this.#serve()) {
      const why = await this.#lastWords();
      // Its last children are still about, and may have had the last word.
      const crashed = /shared memory block|unexpected postmaster exit/.test(why);
      if (!crashed || Date.now() > patience) throw new StackError(`Postgres stopped: ${why}`);
      await delay(100);
    }
  }

  /** Stops the server and waits until it is gone. */
  async stop(signal: StopSignal = "SIGINT"): Promise<void> {
    const server = this.#process;
    if (!server || ended(server)) return;
    const exit = once(server, "exit");
    server.kill(signal);
    await exit;
  }

  #spawn(program: string, args: string[]): ChildProcess {
    const log = openSync(this.folder.log, "a");
    try {
      return spawn(program, args, {
        stdio: ["ignore", log, log],
        detached: true, // out of reach of the terminal's Ctrl-C: we stop it ourselves, last
        cwd: "/",
        env: { PATH: process.env.PATH, TZ: "UTC", LC_ALL: "C" },
        ...this.user && { uid: this.user.uid, gid: this.user.gid },
      });
    } finally {
      closeSync(log);
    }
  }

  async #serve(): Promise<boolean> {
    const server = this.#spawn(
      this.binaries.postgres,
      [
        ["-D", this.folder.cluster],
        ["-p", `${this.port}`],
        ["-c", "listen_addresses=127.0.0.1"],
        ["-c", "unix_socket_directories="],
        ["-c", "wal_level=logical"],
      ].flat(),
    );
    this.#process = server;
    while (!ended(server)) {
      const { pid, ready } = await postmaster(this.folder.cluster);
      if (ready && pid === this.pid) return true;
      await delay(20);
    }
    return false;
  }

  async #lastWords(): Promise<string> {
    const lines = (await readFile(this.folder.log, "utf8")).trim().split("\n");
    const reason = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1);
    return `${reason?.replace(/^.*?(FATAL|PANIC|error): */, "")} (see ${this.folder.log})`;
  }
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function exists(path: string): Promise<boolean> {
  return readFile(path).then(() => true, () => false);
}
