import assert from "node:assert/strict";
import {
  answered,
  endless,
  type Fault,
  problem,
  tooManyRequests,
  unanswered,
  voicemail,
} from "../../fake_vapi/mod.ts";
import type { Provider } from "../backend.ts";
import type { Bench } from "../bench.ts";
import { until } from "../kestra.ts";

/** How calls go, and what is saved of them. */
export const calls: Record<string, (bench: Bench) => Promise<void>> = {
  async "three calls that go well are queued, in progress and completed"(bench) {
    const providers = Array.from({ length: 3 }, () => bench.provider(endless()));
    const serviceRequestId = crypto.randomUUID();

    const started = await bench.start(providers, { service_request_id: serviceRequestId });
    for (const provider of providers) {
      await hangUpOnceAnswered(bench, provider, async () => {
        assert.equal(await bench.backend.requestStatus(serviceRequestId), "calling");
      });
    }
    const execution = await bench.kestra.ended(started);

    assert.equal(execution.state.current, "SUCCESS");
    assert.deepEqual(execution.outputs, {
      calls: 3,
      endings: { completed: 3 },
      call_results: "The results are in the database.",
    });
    for (const { id } of providers) {
      assert.deepEqual(await bench.backend.statuses(id), [
        "queued",
        "queued",
        "in_progress",
        "completed",
      ]);
      const row = await bench.backend.provider(id);
      assert.equal(row.call_summary, answered().analysis.summary);
      assert.equal(row.call_ended_reason, "assistant-ended-call");
    }
    assert.equal(await bench.backend.requestStatus(serviceRequestId), "completed");
  },

  async "the run that the docs show ends with three providers saved"(bench) {
    const docs = await Deno.readTextFile(new URL("../../../docs/kestra.md", import.meta.url));
    const curl = /^curl .*executions[^]*?^```$/m.exec(docs)![0];
    const inputs = Object.fromEntries(
      [...curl.matchAll(/-F (['"]?)(\w+)=([^]*?)\1(?: \\)?$/gm)].map((
        [, , name, value],
      ) => [name, value]),
    );
    const providers: Provider[] = JSON.parse(inputs.providers);
    await bench.backend.prepare(inputs.service_request_id, providers);

    const started = await bench.submit(inputs);
    for (const provider of providers) await hangUpOnceAnswered(bench, provider);
    const execution = await bench.kestra.ended(started);

    assert.equal(execution.state.current, "SUCCESS");
    assert.deepEqual(execution.outputs?.endings, { completed: 3 });
    for (const { id } of providers) {
      // The flow waits for the last save alone.
      await until(async () => (await bench.backend.statuses(id)).length === 4);
      const statuses = (await bench.backend.statuses(id)).sort();
      assert.deepEqual(statuses, ["completed", "in_progress", "queued", "queued"]);
    }
    assert.equal(await bench.backend.requestStatus(inputs.service_request_id), "completed");
  },

  async "a provider is announced without a call, under a key of its own"(bench) {
    const provider = bench.provider();
    await bench.contact([provider]);
    const [announcement, ...others] = bench.gateway.saves.filter(({ providerId }) =>
      providerId === provider.id
    );
    assert.equal(announcement.status, "queued");
    assert.ok(announcement.idempotencyKey);
    assert.ok(others.every(({ idempotencyKey }) => idempotencyKey !== announcement.idempotencyKey));
  },

  async "voicemail, no answer and busy are told apart"(bench) {
    const machine = bench.provider(voicemail());
    const nobody = bench.provider(unanswered());
    const busy = bench.provider(unanswered("customer-busy"));

    const execution = await bench.contact([machine, nobody, busy, bench.provider()]);

    assert.equal(execution.state.current, "SUCCESS");
    assert.deepEqual(execution.outputs?.endings, {
      busy: 1,
      completed: 1,
      no_answer: 1,
      voicemail: 1,
    });
    assert.equal((await bench.backend.provider(machine.id)).call_status, "voicemail");
    assert.equal((await bench.backend.provider(nobody.id)).call_status, "no_answer");
    assert.equal((await bench.backend.provider(busy.id)).call_status, "busy");
  },

  async "of seven providers at most five are phoned at a time, and all in the end"(bench) {
    const providers = Array.from({ length: 7 }, () => bench.provider());
    const execution = await bench.contact(providers);
    assert.deepEqual(execution.outputs?.endings, { completed: 7 });

    const phones = new Set(providers.map(({ phone }) => phone));
    const calls = bench.vapi.calls.filter(({ request }) =>
      phones.has(request.customer?.number ?? "")
    );
    const open = calls.map(({ createdAt }) =>
      calls.filter((other) => other.createdAt <= createdAt && other.times.ended > createdAt).length
    );
    assert.ok(Math.max(...open) <= 5, `${Math.max(...open)} calls at once`);
  },

  async "a call that Vapi refuses is an error of that provider alone"(bench) {
    const refused = bench.provider(
      answered({
        createFaults: [problem(400, "Bad Request", ["assistant.property x should not exist"])],
      }),
    );
    const fine = bench.provider();

    const execution = await bench.contact([refused, fine]);

    assert.equal(execution.state.current, "SUCCESS");
    assert.deepEqual(execution.outputs?.endings, { completed: 1, error: 1 });
    const row = await bench.backend.provider(refused.id);
    assert.equal(row.call_status, "error");
    assert.match(row.call_error ?? "", /HTTP 400.*should not exist/);
  },

  async "placing a call is repeated after 429 alone"(bench) {
    const limited = bench.provider(
      answered({ createFaults: [tooManyRequests(), tooManyRequests()] }),
    );
    const broken = bench.provider(answered({ createFaults: [{ status: 500 }] }));

    const lost = bench.provider(answered({ createFaults: ["cut"] }));

    const execution = await bench.contact([limited, broken, lost]);

    assert.deepEqual(execution.outputs?.endings, { completed: 1, error: 2 });
    assert.equal(placed(bench, limited.phone), 3);
    assert.equal(placed(bench, broken.phone), 1);
    assert.equal(placed(bench, lost.phone), 1);
    const row = await bench.backend.provider(lost.id);
    assert.match(row.call_error ?? "", /whether the phone rang is unknown/);
  },

  async "polls that fail do not lose the call"(bench) {
    const getFaults: Fault[] = [{ status: 500 }, { status: 500 }, "cut", {
      status: 200,
      body: "<html>",
    }];
    const provider = bench.provider(answered({ getFaults }));
    const execution = await bench.contact([provider]);
    assert.equal(execution.state.current, "SUCCESS");
    assert.deepEqual(execution.outputs?.endings, { completed: 1 });
  },

  async "a call that has ended is saved without its artifact when that never comes"(bench) {
    const provider = bench.provider(answered({ artifactAfter: 60_000 }));
    await bench.contact([provider]);
    const row = await bench.backend.provider(provider.id);
    assert.equal(row.call_status, "completed");
    assert.equal(row.call_transcript, null);
  },

  async "a call that never ends times out"(bench) {
    const provider = bench.provider(endless());
    const execution = await bench.contact([provider]);
    assert.deepEqual(execution.outputs?.endings, { timeout: 1 });
    const row = await bench.backend.provider(provider.id);
    assert.equal(row.call_status, "timeout");
    assert.ok(row.call_id);
  },
};

/** Ends an endless call, which a busy machine cannot miss, once it is saved as answered. */
export async function hangUpOnceAnswered(
  bench: Bench,
  provider: Provider,
  meanwhile?: () => Promise<void>,
): Promise<void> {
  await until(async () => (await bench.backend.statuses(provider.id)).includes("in_progress"));
  await meanwhile?.();
  bench.callTo(provider)?.hangUp();
}

function placed(bench: Bench, phone: string): number {
  return bench.vapi.requests.filter(({ method, body }) =>
    method === "POST" && JSON.stringify(body).includes(phone)
  ).length;
}
