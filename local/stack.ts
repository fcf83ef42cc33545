/** The whole local development stack as a library; `start.ts` is the command around it. */
import { fileURLToPath } from "node:url";
import { claimDataFolder } from "./data_folder.ts";
import { DataApi } from "./data_api.ts";
import { FunctionsProcess } from "./functions_process.ts";
import { serveGateway } from "./gateway.ts";
import { LastLines } from "./last_lines.ts";
import { pushMigrations } from "./migrations.ts";
import { freePort } from "./ports.ts";
import { Postgres, type StopSignal } from "./postgres.ts";
import { postgresBinaries } from "./postgres_binaries.ts";
import { stopOrphan } from "./postmaster.ts";
import { postgresUser } from "./postgres_user.ts";
import { functionEnvironment, PUBLISHABLE_KEY, SECRET_KEY, type Settings } from "./settings.ts";
import { prepareSupabaseProject } from "./supabase_project.ts";

/** The folder of this project. */
export const PROJECT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** How to start a stack. */
export interface StackOptions {
  /** Port of the gateway, 0 for any free one. */
  port?: number;
  /** Port of Postgres, 0 for any free one. */
  dbPort?: number;
  /** Data folder; by default `.stack` in the project. */
  data?: string;
  /** Keep the data in a folder of its own that goes with the stack. */
  ephemeral?: boolean;
  /** The functions' settings. */
  env?: Settings;
  /** Apply the migrations (default true). */
  migrate?: boolean;
  /** Load the seed, once in a data folder's life (default true). */
  seed?: boolean;
  /** Do not print what the functions log. */
  quiet?: boolean;
  /** Folder that holds `supabase/`; by default this project. */
  project?: string;
}

/** A running stack. */
export interface Stack extends AsyncDisposable {
  /** The gateway: Data API, Auth, Studio and functions. */
  readonly url: string;
  /** The functions without the gateway: `/NAME` there is `/functions/v1/NAME` here. */
  readonly functionsUrl: string;
  /** The process that runs them. */
  readonly functionsPid: number;
  readonly dbUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  /** Where the data lies. */
  readonly data: string;
  /** The last lines that the functions wrote. */
  readonly functionLogs: readonly string[];
  /** The same, by number. */
  readonly lastLines: LastLines;
  readonly postgres: {
    readonly pid: number;
    stop(signal?: StopSignal): Promise<void>;
    start(): Promise<void>;
  };
  /** Runs the functions with other settings, on the same database. */
  restartFunctions(env: Settings): Promise<void>;
  stop(): Promise<void>;
}

/** Starts Postgres, the migrations, the functions and the gateway, and waits until all answer. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { project = PROJECT, env = {}, migrate = true, seed = true, quiet = false } = options;
  await using started = new AsyncDisposableStack();
  const user = postgresUser();
  const binaries = await postgresBinaries(user);
  const folder = await claimDataFolder({ ...options, project }, user);
  started.defer(() => folder.release());
  await stopOrphan(folder.cluster);

  const port = await freePort(options.port ?? 54321, "--port");
  const dbPort = await freePort(options.dbPort ?? 54322, "--db-port");
  const url = `http://127.0.0.1:${port}`;
  const dbUrl = `postgresql://postgres:postgres@127.0.0.1:${dbPort}/postgres`;

  const lastLines = new LastLines();
  const functions = new FunctionsProcess(project, (line) => {
    lastLines.push(line);
    if (!quiet) console.log(line);
  });
  started.defer(() => functions.stop());
  const functionsStarted = functions.start(functionEnvironment(env, url));

  const dataApi = new DataApi(dbUrl, url);
  started.defer(() => dataApi.close());
  const postgres = new Postgres(dbPort, folder, binaries, user);
  started.defer(() => postgres.stop());
  await postgres.create();
  await postgres.start();
  await prepareSupabaseProject(dbUrl);
  if (migrate) await pushMigrations(project, dbUrl, seed);
  await functionsStarted;

  const closing = new AbortController();
  const gateway = serveGateway(port, closing.signal, { dataApi, functions, dbUrl, project });
  started.defer(() => {
    closing.abort();
    return gateway.finished;
  });

  const running = started.move();
  return {
    url,
    get functionsUrl() {
      return functions.url;
    },
    get functionsPid() {
      return functions.pid;
    },
    dbUrl,
    publishableKey: PUBLISHABLE_KEY,
    secretKey: SECRET_KEY,
    data: folder.path,
    functionLogs: lastLines.lines,
    lastLines,
    postgres,
    restartFunctions: (env) => functions.restart(functionEnvironment(env, url)),
    stop: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
