/** `deno task bench`: measures, prints, and writes `docs/benchmarks.md`; `--quick` only sees that all of it runs. */
import { coldStart } from "./cold_start.ts";
import { functionCpu } from "./function_cpu.ts";
import { growth } from "./growth.ts";
import { http } from "./http.ts";
import { lasting } from "./lasting.ts";
import { markdown, type Table, write } from "./report.ts";
import { rpc } from "./rpc.ts";
import { wal } from "./wal.ts";

const benchmarks = { rpc, http, functionCpu, growth, coldStart, wal };

/** Only when they are named: `load --minutes 5` (5 by default, at most 60) lasts as long as that. */
const named = { load: lasting };

const quick = Deno.args.includes("--quick");
const names = Deno.args.filter((arg) => /^[a-z]/i.test(arg));
const all = { ...benchmarks, ...named };
const unknown = names.find((name) => !Object.hasOwn(all, name));
if (unknown) {
  console.error(
    `There is no benchmark ${unknown}. There are ${Object.keys(all).join(", ")}.`,
  );
  Deno.exit(1);
}

const tables: Table[] = [];
for (const [name, benchmark] of Object.entries(all)) {
  if (names.length > 0 ? !names.includes(name) : name in named) continue;
  for (const table of await benchmark({ quick })) {
    console.log(markdown(table));
    tables.push(table);
  }
}
if (!quick && names.length === 0) await write(tables);
Deno.exit();
