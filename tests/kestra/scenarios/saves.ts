import assert from "node:assert/strict";
import { endless } from "../../fake_vapi/mod.ts";
import type { Bench } from "../bench.ts";
import { until } from "../kestra.ts";
import { hangUpOnceAnswered } from "./calls.ts";

/** Saves that fail, for a while or for good. */
export const saves: Record<string, (bench: Bench) => Promise<void>> = {
  async "saves that fail for a while are tried again until they succeed"(bench) {
    const provider = bench.provider(endless());
    const unavailable = { status: 503, code: "unavailable" };
    bench.gateway.fail(provider.id, [unavailable, "cut", unavailable, {
      status: 429,
      code: "slow",
    }]);

    const started = await bench.start([provider]);
    await hangUpOnceAnswered(bench, provider);
    const execution = await bench.kestra.ended(started);
    await until(async () => (await bench.backend.statuses(provider.id)).length === 4);

    assert.equal(execution.state.current, "SUCCESS");
    assert.equal((await bench.backend.provider(provider.id)).call_status, "completed");
  },

  async "a function that is away for good is told of, and the others are saved"(bench) {
    const lost = bench.provider();
    const fine = bench.provider();
    bench.gateway.fail(lost.id, [{ status: 503, code: "unavailable" }], "forever");

    const execution = await bench.contact([lost, fine]);

    assert.equal(execution.state.current, "SUCCESS");
    assert.deepEqual(execution.outputs?.endings, { completed: 1, not_saved: 1 });
    assert.equal((await bench.backend.provider(fine.id)).call_status, "completed");
  },

  async "a save that is refused is not repeated, and its rejectedId is shown"(bench) {
    const provider = bench.provider();
    const rejectedId = crypto.randomUUID();
    bench.gateway.fail(
      provider.id,
      [{ status: 422, code: "invalid_payload", rejectedId }],
      "forever",
    );

    const execution = await bench.contact([provider]);

    assert.equal(execution.state.current, "SUCCESS");
    assert.deepEqual(execution.outputs?.endings, { not_saved: 1 });
    const results = bench.gateway.saves.filter(({ providerId, status }) =>
      providerId === provider.id && status === "completed"
    );
    assert.equal(results.length, 1);
    assert.match(bench.kestra.log(), new RegExp(`Not saved.*${rejectedId}`));
  },
};
