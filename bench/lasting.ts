import { parseArgs } from "node:util";
import { setTimeout as delay } from "node:timers/promises";
import type { Stack } from "../local/stack.ts";
import { connect, head } from "../tests/support/connection.ts";
import { residentMemory } from "../tests/support/memory.ts";
import { endOfCallReport, type Placed, statusUpdate } from "../tests/support/vapi_messages.ts";
import { callBodies } from "./calls.ts";
import { percentiles } from "./load.ts";
import { number, type Size, type Table } from "./report.ts";
import { fill, type Place } from "./rows.ts";
import { startBenchStack, TOKEN } from "./stack.ts";

const CLIENTS = 8;
const PAUSE_MS = 50;
const DRIPPING = 200;
const IDLE = 2_000;
const MAX_MINUTES = 60;

interface Minute {
  latencies: number[];
  /** Answers of 5xx, and requests without one. */
  failed: number;
  /** Of the function's process, the most that was seen, in MB. */
  memory: number;
}

/** Mixed load for minutes, among senders that are slow or say nothing: does anything grow? Ends by itself. */
export async function lasting({ quick }: Size): Promise<Table[]> {
  const { values } = parseArgs({ options: { minutes: { type: "string" } }, strict: false });
  const minutes = Math.min(Number(values.minutes ?? (quick ? 0.2 : 5)) || 5, MAX_MINUTES);
  await using stack = await startBenchStack();
  const places = await fill(stack.dbUrl, 1_000, 10_000);
  const before = await megabytes(stack);

  const end = performance.now() + minutes * 60_000;
  const seen: Minute[] = [];
  const crowd = new Crowd(stack.functionsUrl, end);
  const working = [
    crowd.stay(),
    ...Array.from({ length: CLIENTS }, () => client(stack, places, end, () => seen.at(-1)!)),
  ];
  for (let left = minutes; left > 0; left--) {
    const minute: Minute = { latencies: [], failed: 0, memory: 0 };
    seen.push(minute);
    const until = Math.min(performance.now() + 60_000, end);
    while (performance.now() < until) {
      minute.memory = Math.max(minute.memory, await megabytes(stack));
      await delay(Math.min(1000, Math.max(until - performance.now(), 0)));
    }
  }
  await Promise.all(working);

  return [{
    title: "Lasting load",
    about:
      `${CLIENTS} clients that pause for ${PAUSE_MS} ms, at both doors; ${DRIPPING} connections whose bodies drip, a byte a second ` +
      `(${number(crowd.answered)} were answered 503), and ${number(IDLE)} that say nothing (${
        number(crowd.closed)
      } were closed). ` +
      `The function's process held ${number(before)} MB before.`,
    head: ["minute", "requests/s", "p50 ms", "p99 ms", "failed", "memory MB"],
    rows: seen.map(({ latencies, failed, memory }, i) => {
      const { p50, p99 } = percentiles(latencies);
      const seconds = Math.min(60, minutes * 60 - i * 60);
      return [
        number(i + 1),
        number(latencies.length / seconds),
        number(p50),
        number(p99),
        number(failed),
        number(memory),
      ];
    }),
  }];
}

async function megabytes({ functionsPid }: Stack): Promise<number> {
  return await residentMemory(functionsPid) / 2 ** 20;
}

/** One call after another, as Kestra and Vapi report it, with what is sent twice and what is refused. */
async function client({ functionsUrl }: Stack, places: Place[], end: number, minute: () => Minute) {
  while (performance.now() < end) {
    const place = places[Math.floor(Math.random() * places.length)];
    const [queued, answered, completed] = callBodies(...place);
    const placed: Placed = {
      callId: queued.callResult.callId!,
      providerId: place[0],
      serviceRequestId: place[1],
    };
    const deliveries: [string, unknown, string?][] = [
      ["save-call-result", queued],
      ["save-call-result", answered],
      ["vapi-webhook", statusUpdate(placed, "in-progress")],
      ["save-call-result", completed],
      ["save-call-result", completed],
      ["vapi-webhook", endOfCallReport(placed)],
      ["vapi-webhook", { message: { type: "hang" } }],
      ["save-call-result", { wrong: true }],
      ["save-call-result", completed, "a stranger's"],
    ];
    for (const [name, body, token = TOKEN] of deliveries) {
      const began = performance.now();
      const status = await post(`${functionsUrl}/${name}`, body, token).catch(() => 599);
      const { latencies } = minute();
      latencies.push(performance.now() - began);
      if (status >= 500) minute().failed++;
      await delay(PAUSE_MS);
    }
  }
}

async function post(url: string, body: unknown, token: string): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Authorization": `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  await response.body?.cancel();
  return response.status;
}

/** Connections that are slow, or say nothing. */
class Crowd {
  answered = 0;
  closed = 0;

  constructor(private readonly url: string, private readonly end: number) {}

  async stay(): Promise<void> {
    const drips = Array.from({ length: DRIPPING }, () => this.#drip());
    const idle = await Promise.all(Array.from({ length: IDLE }, () => connect(this.url)));
    for (const connection of idle) connection.answer().then(() => this.closed++, () => {});
    await delay(this.end - performance.now());
    const { closed } = this;
    for (const connection of idle) connection[Symbol.dispose]();
    await Promise.all(drips);
    this.closed = closed;
  }

  async #drip(): Promise<void> {
    while (performance.now() < this.end) {
      using connection = await connect(this.url);
      let isOver = false;
      await connection.write(head("save-call-result", TOKEN, 100_000));
      connection.answer().then((text) => text.includes(" 503 ") && this.answered++, () => {})
        .finally(() => isOver = true);
      while (!isOver && performance.now() < this.end) {
        await connection.write(" ").catch(() => {});
        await delay(1000);
      }
    }
  }
}
