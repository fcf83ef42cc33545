import assert from "node:assert/strict";
import type { Bench } from "./bench.ts";

/** The `jq` programs of the flows, and how the flow hands each to `jq`. */
const programs = {
  customer: "vars.customer",
  is_waiting: "vars.is_waiting",
  is_done: "render(vars.is_done)",
  call_result: "vars.call_result",
  problems: "vars.problems",
};

/** The name of a program. */
export type Program = keyof typeof programs;

/** What a program of a flow makes of each value, on the engine. */
export async function evaluate<T>(
  { kestra }: Bench,
  flow: string,
  program: Program,
  values: unknown[],
): Promise<T[]> {
  const id = `program_${program}`;
  await kestra.deploy(flowOf(id, flow, programs[program]));
  const results: T[] = [];
  for (let from = 0; from < values.length; from += 500) {
    const chunk = values.slice(from, from + 500);
    const started = await kestra.start(id, { values: JSON.stringify(chunk) });
    const { state, outputs } = await kestra.ended(started);
    assert.equal(state.current, "SUCCESS", `${program} fails on one of ${from} and following`);
    const found = outputs!.results as T[][];
    found.forEach((one, i) => assert.equal(one.length, 1, JSON.stringify(chunk[i])));
    results.push(...found.flat(1) as T[]);
  }
  assert.equal(results.length, values.length);
  return results;
}

/** A flow that has the variables of another. */
function flowOf(id: string, flow: string, program: string): string {
  const [variables] = /^variables:\n(?:(?: .*)?\n)+/m.exec(flow)!;
  return `id: ${id}
namespace: ai_concierge
inputs:
  - id: values
    type: JSON
${variables}
tasks:
  - id: run
    type: io.kestra.plugin.core.output.OutputValues
    values:
      results: "{{ inputs.values | jq('def program: ' ~ ${program} ~ '; map([program])') | first | toJson }}"
outputs:
  - id: results
    type: JSON
    value: "{{ outputs.run.values.results }}"
`;
}
