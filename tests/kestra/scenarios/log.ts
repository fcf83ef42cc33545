import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";

/** What Kestra's log holds after everything else. */
export const log: Record<string, (bench: Bench) => Promise<void>> = {
  "no secret, phone number or transcript stands in the log"(bench) {
    const log = bench.kestra.log();
    assert.match(log, /Created new execution/);
    const leak = /secret-|test-token|\+15550[12]0|Thursday|Storgata|two\r?\nlines/.exec(log);
    assert.equal(leak && log.slice(leak.index - 200, leak.index + 50), null);
    return Promise.resolve();
  },
};
