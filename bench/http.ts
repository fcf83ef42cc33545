import { byTurns, Load, median } from "./load.ts";
import { number, type Size, type Table } from "./report.ts";
import { fill } from "./rows.ts";
import { startBenchStack, targetOf } from "./stack.ts";
import type { Way } from "./ways.ts";

const CLIENTS = 8;
/** Between Kestra, or the original's server, and Supabase, there and back. */
const DISTANCE_MS = 10;

/** The whole function against the RPC alone, and against the original's way, on one Data API. */
export async function http({ quick }: Size): Promise<Table[]> {
  await using stack = await startBenchStack();
  const places = await fill(stack.dbUrl, quick ? 1_000 : 20_000, quick ? 2_000 : 40_000);
  const rows: string[][] = [];
  for (const distance of [0, DISTANCE_MS]) {
    const target = { ...targetOf(stack), distance };
    const open = (way: Way) => Load.open({ way, target, places, clients: CLIENTS });
    using dataApi = await open("dataApi");
    using edgeFunction = await open("edgeFunction");
    using original = await open("original");
    const results = await byTurns(
      {
        dataApi: (time) => dataApi.round(time),
        edgeFunction: (time) => edgeFunction.round(time),
        original: (time) => original.round(time),
      },
      quick ? 1 : 7,
      quick ? 500 : 3_000,
    );

    const row = (name: string, side: keyof typeof results) => [
      `${distance} ms`,
      name,
      number(median(results[side], "perSecond")),
      number(median(results[side], "p50")),
      number(median(results[side], "p99")),
      number(median(results.edgeFunction, "perSecond", results[side])),
      number(median(results.edgeFunction, "p99", results[side])),
    ];
    rows.push(
      row("RPC, by HTTP", "dataApi"),
      row("save-call-result", "edgeFunction"),
      row("update, then insert", "original"),
    );
  }
  return [{
    title: "The whole function against the RPC alone, and against the original's way",
    about:
      "The original updates, then inserts, by supabase-js from a server, not atomically. All three on one Data API " +
      "(`@supabase/lite`: one thread of JavaScript, a transaction of several round trips for each request), the function in a process " +
      `of its own, ${CLIENTS} clients, everything on this machine; then the same with every request from outside taking ${DISTANCE_MS} ms more.`,
    head: [
      "distance",
      "",
      "events/s",
      "p50 ms",
      "p99 ms",
      "the function's throughput to this",
      "its p99 to this",
    ],
    rows,
  }];
}
