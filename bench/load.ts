import { once } from "node:events";
import type { Opening } from "./load_worker.ts";

/** What one round brought. Latencies in milliseconds, the server's CPU time in them for each event. */
export interface Round {
  perSecond: number;
  p50: number;
  p99: number;
  cpu?: number;
}

const WORKERS = 2;

/** Clients that save calls in one way, in workers of their own. */
export class Load implements Disposable {
  readonly #workers: Worker[];

  private constructor(workers: Worker[]) {
    this.#workers = workers;
  }

  static async open(opening: Opening): Promise<Load> {
    const workers = Array.from(
      { length: WORKERS },
      () => new Worker(new URL("./load_worker.ts", import.meta.url), { type: "module" }),
    );
    const load = new Load(workers);
    await load.#ask({ ...opening, clients: opening.clients / WORKERS });
    return load;
  }

  /** Saves calls for so long; `cpu` reads the milliseconds that the server has used. */
  async round(milliseconds: number, cpu?: () => number): Promise<Round> {
    const before = cpu?.();
    const began = performance.now();
    const latencies = (await this.#ask(milliseconds)).flat() as number[];
    const seconds = (performance.now() - began) / 1000;
    return {
      perSecond: latencies.length / seconds,
      ...percentiles(latencies),
      cpu: cpu && (cpu() - before!) / latencies.length,
    };
  }

  #ask(message: unknown): Promise<unknown[]> {
    return Promise.all(this.#workers.map(async (worker) => {
      worker.postMessage(message);
      const [event] = await once(worker, "message");
      return event.data;
    }));
  }

  [Symbol.dispose]() {
    for (const worker of this.#workers) worker.terminate();
  }
}

/** Runs the sides by turns, after one round each that does not count. */
export async function byTurns<Side extends string>(
  sides: Record<Side, (milliseconds: number) => Promise<Round>>,
  rounds: number,
  milliseconds: number,
): Promise<Record<Side, Round[]>> {
  const names = Object.keys(sides) as Side[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Round[]]));
  for (const name of names) await sides[name](milliseconds / 2);
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first gets a cooler machine.
    const order = round % 2 ? names.toReversed() : names;
    for (const name of order) results[name].push(await sides[name](milliseconds));
  }
  return results as Record<Side, Round[]>;
}

/** The median over the rounds of one side's figure, or of its ratio to the other side's of the same round. */
export function median(rounds: Round[], figure: keyof Round, to?: Round[]): number {
  const values = rounds.map((round, i) => round[figure]! / (to ? to[i][figure]! : 1));
  return middle(values);
}

/** The median of numbers. */
export function middle(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** p50 and p99 of latencies. */
export function percentiles(latencies: number[]): { p50: number; p99: number } {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
