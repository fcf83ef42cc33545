import { byTurns, Load, median } from "./load.ts";
import { number, type Size, type Table } from "./report.ts";
import { fill } from "./rows.ts";
import { serverCpu } from "./server_cpu.ts";
import { startBenchStack, targetOf } from "./stack.ts";

const CLIENTS = 8;

/** The RPC against the two statements that any save takes. */
export async function rpc({ quick }: Size): Promise<Table[]> {
  await using stack = await startBenchStack();
  const places = await fill(stack.dbUrl, quick ? 1_000 : 20_000, quick ? 2_000 : 40_000);
  const common = { target: targetOf(stack), places, clients: CLIENTS };
  using statements = await Load.open({ way: "statements", ...common });
  using saves = await Load.open({ way: "rpc", ...common });
  const cpu = serverCpu(stack.postgres.pid);

  const results = await byTurns(
    {
      statements: (time) => statements.round(time, cpu),
      rpc: (time) => saves.round(time, cpu),
    },
    quick ? 1 : 9,
    quick ? 500 : 4_000,
  );

  const row = (name: string, side: keyof typeof results) => [
    name,
    number(median(results[side], "perSecond")),
    number(median(results[side], "p50")),
    number(median(results[side], "p99")),
    number(median(results[side], "cpu") * 1000),
    number(median(results[side], "perSecond", results.statements)),
  ];
  return [{
    title: "The RPC against the two bare statements",
    about:
      `Update the provider and insert a log row in one transaction, against \`save_call_result\`: which also keeps every source's report, ` +
      `merges them, settles the request and answers. ${CLIENTS} connections, both sides by the same client.`,
    head: ["", "events/s", "p50 ms", "p99 ms", "server CPU µs/event", "throughput"],
    rows: [row("two statements", "statements"), row("RPC", "rpc")],
  }];
}
