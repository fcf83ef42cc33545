import { join } from "node:path";
import { configuration, defaultLogLevels, freePort } from "./engine/configuration.ts";
import { startH2 } from "./engine/database.ts";
import { findJavaTools, kestraClassPath } from "./maven.ts";

/** An execution, as Kestra's API answers it. */
export interface Execution {
  id: string;
  state: { current: string };
  outputs?: Record<string, unknown>;
}

/** A running Kestra of one version. */
export interface Kestra extends AsyncDisposable {
  readonly url: string;
  /** Everything it printed so far, at its default log level. */
  log(): string;
  deploy(flow: string): Promise<void>;
  /** Starts a flow, as the `curl` of the documentation does. */
  start(flowId: string, inputs: Record<string, string>): Promise<Execution>;
  /** Waits until an execution has ended. */
  ended(execution: Execution): Promise<Execution>;
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  restart(): Promise<void>;
}

const api = "/api/v1/main";
const running = ["CREATED", "SUBMITTED", "RUNNING", "RETRYING", "QUEUED", "PAUSED", "RESTARTED"];

/** Starts a Kestra with an empty database, all its data in a temporary folder. */
export async function startKestra(version: string, env: Record<string, string>): Promise<Kestra> {
  const tools = await findJavaTools();
  const directory = await Deno.makeTempDir({ prefix: "kestra-" });
  const port = freePort();
  const config = join(directory, "application.json");
  const logback = join(directory, "logback.xml");
  const javaArguments = join(directory, "java.args");
  await Deno.writeTextFile(
    javaArguments,
    `-cp "${await kestraClassPath(version, tools, directory)}"`,
  );
  const database = await startH2(tools.java, javaArguments, directory);
  await Deno.writeTextFile(config, JSON.stringify(configuration(database.url, directory)));
  await Deno.writeTextFile(logback, defaultLogLevels);

  const command = new Deno.Command(tools.java, {
    args: [
      "-Xmx1g",
      `@${javaArguments}`,
      `-Dmicronaut.config.files=${config}`,
      `-Dlogback.configurationFile=${logback}`,
      join(import.meta.dirname ?? ".", "engine", "KestraEngine.java"),
      String(port),
    ],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const url = `http://127.0.0.1:${port}`;
  let log = "";
  let stop: (signal: Deno.Signal) => Promise<void>;

  async function spawn(): Promise<void> {
    const process = command.spawn();
    const alreadyLogged = log.length;
    const reading = [process.stdout, process.stderr].map(async (stream) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) log += text;
    });
    let ended: Promise<void> | undefined;
    stop = (signal) => ended ??= end(signal);

    async function end(signal: Deno.Signal): Promise<void> {
      process.kill(signal);
      await process.status;
      await Promise.all(reading);
      await process.stdin.close().catch(() => {});
    }

    const ready = () => Promise.resolve(/^ready$/m.test(log.slice(alreadyLogged)));
    await until(ready, 120_000).catch(async () => {
      await stop("SIGKILL");
      throw new Error(`Kestra ${version} did not start:\n${log}`);
    });
  }

  async function call<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(url + api + path, init);
    const body = await response.json();
    if (!response.ok) throw new Error(body.message);
    return body;
  }

  await spawn().catch(async (error) => {
    await database.stop();
    throw error;
  });

  return {
    url,
    log: () => log,
    deploy: async (flow) => {
      await call("/flows", {
        method: "POST",
        headers: { "content-type": "application/x-yaml" },
        body: flow,
      });
    },
    start: (flowId, inputs) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(inputs)) body.set(name, value);
      return call(`/executions/ai_concierge/${flowId}`, { method: "POST", body });
    },
    ended: async ({ id }) => {
      let execution = await call<Execution>(`/executions/${id}`);
      await until(async () => {
        execution = await call<Execution>(`/executions/${id}`);
        return !running.includes(execution.state.current);
      }, 180_000);
      return execution;
    },
    kill: () => stop("SIGKILL"),
    restart: spawn,
    [Symbol.asyncDispose]: async () => {
      await stop("SIGTERM");
      await database.stop();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Waits until something holds. */
export async function until(holds: () => Promise<boolean>, timeout = 60_000): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!await holds()) {
    if (Date.now() > deadline) throw new Error(`Not so within ${timeout} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
