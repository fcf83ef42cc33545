import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { LastLines } from "../../local/last_lines.ts";
import type { Stack } from "../../local/stack.ts";
import { watchTests } from "./test_watch.ts";

/** How many lines are shown: of those that the functions logged meanwhile, and of Postgres' log. */
const FUNCTION_LINES = 200;
const POSTGRES_LINES = 15;

const running = new Set<StackLogs>();
/** For each test and step under way: the stacks that ran meanwhile, and which line was their next. */
const underWay = new Set<Map<StackLogs, number>>();

watchTests(() => {
  const since = new Map([...running].map((logs) => [logs, logs.stack.lastLines.count]));
  underWay.add(since);
  return async (failed) => {
    underWay.delete(since);
    if (failed) { for (const [logs, line] of since) await logs.show(line); }
  };
});

/** Has every test or step that fails while this stack runs show what the stack logged meanwhile. */
export function showLogsOnFailure(stack: Stack): Stack {
  const logs = new StackLogs(stack);
  running.add(logs);
  for (const since of underWay) since.set(logs, 0);
  const stopStack = stack.stop;
  const stop = async () => {
    if (running.delete(logs)) await logs.keepPostgresLog();
    await stopStack();
  };
  return Object.assign(stack, { stop, [Symbol.asyncDispose]: stop });
}

/** The logs of one stack; what was shown once is not shown again. */
class StackLogs {
  #postgresLog?: string;
  #shownLines = 0;
  #shownPostgresLog = 0;

  constructor(readonly stack: Stack) {}

  /** The log goes with the stack, which a test stops before anybody hears that it failed. */
  async keepPostgresLog() {
    this.#postgresLog = await this.#readPostgresLog();
  }

  async show(fromLine: number) {
    const { url, lastLines } = this.stack;
    if (running.has(this)) await untilQuiet(lastLines);
    const postgresLog = this.#postgresLog ?? await this.#readPostgresLog();
    const lines = lastLines.since(Math.max(fromLine, this.#shownLines));
    const postgresLines = postgresLog.slice(this.#shownPostgresLog).split("\n").slice(0, -1);
    this.#shownLines = lastLines.count;
    this.#shownPostgresLog = postgresLog.length;
    console.log([
      `--- ${url}: what the functions logged`,
      ...lastOf(lines, FUNCTION_LINES),
      `--- ${url}: the end of Postgres' log`,
      ...lastOf(postgresLines, POSTGRES_LINES),
      "---",
    ].join("\n"));
  }

  #readPostgresLog(): Promise<string> {
    return readFile(join(this.stack.data, "postgres.log"), "utf8").catch((error) => `${error}\n`);
  }
}

function lastOf(lines: string[], count: number): string[] {
  const left = lines.length - count;
  if (lines.length === 0) return ["(nothing)"];
  return left > 0 ? [`(${left} lines before these)`, ...lines.slice(-count)] : lines;
}

/** A line that the functions wrote before they answered can still be on its way to us. */
async function untilQuiet(lines: LastLines) {
  for (let tries = 0, seen = -1; tries < 20 && seen < lines.count; tries++) {
    seen = lines.count;
    await delay(50);
  }
}
