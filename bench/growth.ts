import postgres, { type Sql } from "postgres";
import { callBodies } from "./calls.ts";
import { middle, percentiles } from "./load.ts";
import { number, type Size, type Table } from "./report.ts";
import { fill, type Place } from "./rows.ts";
import { startBenchStack, targetOf } from "./stack.ts";
import { ways } from "./ways.ts";

type Latencies = Record<"rpc" | "claim", { p50: number; p99: number }[]>;

/** Whether saving and claiming get slower as the tables grow. */
export async function growth({ quick }: Size): Promise<Table[]> {
  const sizes = quick ? [10, 1_000, 10_000] : [10, 100_000, 1_000_000];
  const providers = quick ? 1_000 : 200_000;
  await using stacks = new AsyncDisposableStack();
  const databases = [];
  for (const logs of sizes) {
    const stack = stacks.use(await startBenchStack());
    const places = await fill(stack.dbUrl, providers, logs);
    const sql = postgres(stack.dbUrl, { max: 1 });
    stacks.defer(() => sql.end());
    const save = ways.rpc(targetOf(stack), 1);
    const latencies: Latencies = { rpc: [], claim: [] };
    databases.push({ logs, places, sql, save, latencies });
  }

  for (let round = 0; round <= (quick ? 1 : 12); round++) {
    for (const { places, sql, save, latencies } of databases) {
      const rpc = await timeSaves(save, places, quick ? 20 : 100);
      const claim = await timeClaims(sql, quick ? 20 : 200);
      // The first round fills the caches.
      if (round > 0) latencies.rpc.push(rpc), latencies.claim.push(claim);
    }
  }

  return [{
    title: "Growth",
    about: `One connection; three databases of ${
      number(providers)
    } providers by turns, medians over the rounds. \`claim\` is the reconciler's \`claim_due_call\`.`,
    head: ["log rows", "RPC p50 ms", "RPC p99 ms", "claim p50 ms", "claim p99 ms"],
    rows: databases.map(({ logs, latencies: { rpc, claim } }) => [
      number(logs),
      number(middle(rpc.map(({ p50 }) => p50))),
      number(middle(rpc.map(({ p99 }) => p99))),
      number(middle(claim.map(({ p50 }) => p50))),
      number(middle(claim.map(({ p99 }) => p99))),
    ]),
  }];
}

async function timeSaves(save: ReturnType<typeof ways.rpc>, places: Place[], calls: number) {
  const latencies = [];
  for (let call = 0; call < calls; call++) {
    for (const body of callBodies(...places[Math.floor(Math.random() * places.length)])) {
      latencies.push(await timed(() => save(body)));
    }
  }
  return percentiles(latencies);
}

/** Of calls that are all due. */
async function timeClaims(sql: Sql, claims: number) {
  await sql`
    update private.calls set next_check_at = now() - interval '1 minute'
    where ctid in (select ctid from private.calls limit ${claims})`;
  const latencies = [];
  for (let claim = 0; claim < claims; claim++) {
    latencies.push(await timed(() => sql`select * from claim_due_call()`));
  }
  return percentiles(latencies);
}

async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
