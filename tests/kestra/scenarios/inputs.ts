import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";

/** What the flow refuses before it calls anybody. */
export const inputs: Record<string, (bench: Bench) => Promise<void>> = {
  async "invalid inputs call nobody and say what is wrong"(bench) {
    const provider = bench.provider();
    const calls = bench.vapi.calls.length;
    const wrong: [unknown, RegExp][] = [
      [[], /list of 1 to 20/],
      [{}, /list of 1 to 20/],
      [Array.from({ length: 21 }, () => bench.provider()), /list of 1 to 20/],
      [["x"], /objects only/],
      [[{ ...provider, id: "7" }], /\[0\]\.id must be a uuid/],
      [[{ ...provider, name: " " }], /\[0\]\.name must not be empty/],
      [[{ ...provider, phone: "555-0100" }], /\[0\]\.phone must be an E\.164 number/],
      [[provider, { ...bench.provider(), id: provider.id }], /same id twice/],
      [
        [provider, { ...bench.provider(), id: provider.id.toUpperCase() }],
        /providers: must not hold the same id twice$/m,
      ],
      [[provider, { ...bench.provider(), phone: provider.phone }], /same phone twice/],
      [[{ ...provider, id: `${provider.id}\n` }], /\[0\]\.id must be a uuid/],
      [[{ ...provider, phone: `${provider.phone}\n` }], /\[0\]\.phone must be an E\.164 number/],
      [[{ ...provider, id: 7 }, { ...bench.provider(), id: 8 }], /\[1\]\.id must be a uuid$/m],
    ];
    for (const [providers, message] of wrong) {
      const logged = bench.kestra.log().length;
      const started = await bench.submit({ providers: JSON.stringify(providers) });
      const execution = await bench.kestra.ended(started);
      assert.equal(execution.state.current, "FAILED");
      assert.match(bench.kestra.log().slice(logged), message);
    }
    const fine = JSON.stringify([provider]);
    await assert.rejects(bench.submit({ providers: "[{" }));
    await assert.rejects(bench.submit({ providers: fine, service_request_id: "7" }), /request_id/);
    assert.equal(bench.vapi.calls.length, calls);
  },
};
