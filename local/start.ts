/** `deno task start`: runs the local development stack until it is told to stop. */
import { resolve } from "node:path";
import process from "node:process";
import { portNumber, readOptions } from "./command_line.ts";
import { greeting } from "./greeting.ts";
import { npxEnded } from "./launcher.ts";
import { scheduleReconciliation } from "./schedule.ts";
import { readSettings } from "./settings.ts";
import { PROJECT, startStack } from "./stack.ts";
import { StackError } from "./stack_error.ts";

const HELP = `Runs the whole system on this machine: PostgreSQL, Data API, Studio and functions.

deno task start [options]
  --port PORT     of the gateway (54321)
  --db-port PORT  of Postgres (54322)
  --data DIR      data folder (.stack)
  --ephemeral     keep nothing: a new data folder that goes when this stops
  --no-reconcile  do not call reconcile-calls every minute
  --help          this text`;

const began = performance.now();

try {
  const options = parseOptions();
  if (options.help) console.log(HELP);
  else await run(options);
} catch (error) {
  console.error(error instanceof StackError ? error.message : error);
  process.exit(1);
}

async function run(options: ReturnType<typeof parseOptions>) {
  let stopping = 0;
  let exitCode = 0;
  const stopped = new Promise<void>((resolve) => {
    const stop = () => {
      // One Ctrl-C comes more than once: from the terminal, from `deno task`, and as a hang-up.
      if (stopping && Date.now() - stopping > 2000) process.exit(1);
      stopping ||= Date.now();
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
    // Nothing of ours should throw unseen; if it does, Postgres must not be left behind.
    for (const mishap of ["uncaughtException", "unhandledRejection"]) {
      process.on(mishap, (error) => {
        console.error(error);
        exitCode = 1;
        stop();
      });
    }
  });
  const env = readSettings(PROJECT);
  const stack = await startStack({ ...options, env });
  if (options.reconcile) scheduleReconciliation(stack, env.RECONCILE_TOKEN.split(",")[0].trim());
  if (!stopping) console.log(greeting(stack, env, performance.now() - began));
  await Promise.race([stopped, npxEnded()]);
  await stack.stop();
  process.exit(exitCode);
}

function parseOptions() {
  const values = readOptions({
    "port": { type: "string", default: "54321" },
    "db-port": { type: "string", default: "54322" },
    "data": { type: "string" },
    "ephemeral": { type: "boolean" },
    "no-reconcile": { type: "boolean" },
    "help": { type: "boolean", short: "h" },
  });
  return {
    port: portNumber("--port", values.port),
    dbPort: portNumber("--db-port", values["db-port"]),
    // `deno task` changes to the project's folder first.
    data: values.data && resolve(process.env.INIT_CWD ?? "", values.data),
    ephemeral: values.ephemeral,
    reconcile: !values["no-reconcile"],
    help: values.help,
  };
}
