import { middle } from "./load.ts";
import { number, type Size, type Table } from "./report.ts";
import { deno } from "./deno.ts";

const bodies: [bytes: number, requests: number][] = [[2_048, 4_000], [65_536, 400], [
  1_048_000,
  40,
]];

/** The function's own CPU time, everything but the RPC. */
export async function functionCpu({ quick }: Size): Promise<Table[]> {
  const rows = [];
  for (const [bytes, requests] of bodies) {
    const runs = [];
    for (let run = 0; run < (quick ? 1 : 5); run++) {
      const size = [bytes, quick ? Math.ceil(requests / 10) : requests].map(String);
      runs.push(JSON.parse(await deno("run", "-A", "bench/function_cpu_process.ts", ...size)));
    }
    const microseconds = middle(runs.map((run) => run.microseconds));
    rows.push([
      number(runs[0].bytes / 1024),
      number(microseconds / 1000),
      number(microseconds / (runs[0].bytes / 1024)),
    ]);
  }
  return [{
    title: "The function's own CPU time",
    about:
      "A `completed` event through save-call-result, everything but the server around it and the Data API behind it; " +
      "user and system time of the whole process, with its compiler and garbage collector.",
    head: ["body KB", "CPU ms/request", "CPU µs/KB"],
    rows,
  }];
}
