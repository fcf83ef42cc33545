import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";
import { until } from "../kestra.ts";

/** The reconciler, called by Kestra. */
export const reconciliation: Record<string, (bench: Bench) => Promise<void>> = {
  async "reconcile_calls has the function run, and shows its summary"(bench) {
    const before = await bench.backend.reconcileRuns();
    const execution = await bench.kestra.ended(await bench.kestra.start("reconcile_calls", {}));

    assert.equal(execution.state.current, "SUCCESS");
    assert(await bench.backend.reconcileRuns() > before);
    const summary = execution.outputs?.summary as Record<string, number>;
    assert.equal(summary.checked, 0, JSON.stringify(execution.outputs));
  },

  async "its schedule has it run without being told"(bench) {
    const before = await bench.backend.reconcileRuns();
    await until(async () => await bench.backend.reconcileRuns() > before, 90_000);
  },
};
