import assert from "node:assert/strict";
import { answered, endless, unanswered, voicemail } from "../fake_vapi/mod.ts";
import { startBench } from "./bench.ts";
import { parentFlow } from "./flows.ts";
import { until } from "./kestra.ts";
import { calls } from "./scenarios/calls.ts";
import { content } from "./scenarios/content.ts";
import { endings } from "./scenarios/endings.ts";
import { inputs } from "./scenarios/inputs.ts";
import { log } from "./scenarios/log.ts";
import { names } from "./scenarios/names.ts";
import { originalClient } from "./scenarios/original_client.ts";
import { programs } from "./scenarios/programs.ts";
import { reconciliation } from "./scenarios/reconciliation.ts";
import { sameRows } from "./scenarios/same_rows.ts";
import { saves } from "./scenarios/saves.ts";
import { startDatabaseBackend } from "./database_backend.ts";

const version = Deno.env.get("KESTRA_VERSION") ?? "2.0.0";

Deno.test(`Kestra ${version}`, async (t) => {
  await using backend = await startDatabaseBackend();
  await using bench = await startBench(version, backend, {
    ENV_VAPI_WEBHOOK_URL: "http://127.0.0.1:9/vapi-webhook",
    SECRET_VAPI_WEBHOOK_TOKEN: btoa("secret-webhook-token"),
  });
  const scenarios = {
    ...programs,
    ...endings,
    ...names,
    ...sameRows,
    ...calls,
    ...content,
    ...saves,
    ...originalClient,
    ...inputs,
    ...log,
    ...reconciliation,
  };
  for (const [name, scenario] of Object.entries(scenarios)) {
    await t.step(name, () => scenario(bench));
  }
});

Deno.test(`Kestra ${version} and Vapi's webhook together make the same rows`, async () => {
  await using backend = await startDatabaseBackend();
  await using bench = await startBench(version, backend, {
    ENV_VAPI_WEBHOOK_URL: backend.webhook.url,
    SECRET_VAPI_WEBHOOK_TOKEN: btoa(backend.webhook.token),
  });
  const expected = new Map([
    [bench.provider(), ["queued", "queued", "in_progress", "completed"]],
    [bench.provider(voicemail()), ["queued", "queued", "in_progress", "voicemail"]],
    [bench.provider(unanswered()), ["queued", "queued", "no_answer"]],
  ]);
  const execution = await bench.contact([...expected.keys()]);
  const messages = 4 + 4 + 3;
  await until(() => Promise.resolve(bench.vapi.deliveries.length === messages));

  assert.equal(execution.state.current, "SUCCESS");
  assert.deepEqual(bench.vapi.deliveries.map(({ status }) => status), Array(messages).fill(200));
  for (const [provider, statuses] of expected) {
    await until(async () => (await backend.statuses(provider.id)).length === statuses.length);
    assert.deepEqual((await backend.statuses(provider.id)).sort(), statuses.toSorted());
    assert.equal((await backend.provider(provider.id)).call_status, statuses.at(-1));
  }
});

Deno.test(`Kestra ${version}, killed in mid-call, leaves the call in progress`, async () => {
  await using backend = await startDatabaseBackend();
  await using bench = await startBench(version, backend);
  const provider = bench.provider(endless());
  const serviceRequestId = crypto.randomUUID();

  await bench.start([provider], { service_request_id: serviceRequestId });
  await until(async () => (await backend.statuses(provider.id)).includes("in_progress"));
  await bench.kestra.kill();

  const row = await backend.provider(provider.id);
  assert.equal(row.call_status, "in_progress");
  assert.equal(row.call_id, bench.vapi.calls[0].id);
  assert.equal(await backend.requestStatus(serviceRequestId), "calling");
  assert.equal(
    bench.vapi.calls[0].request.assistant?.server,
    undefined,
    "no webhook was configured",
  );
});

Deno.test(`Kestra ${version}, back from a crash, watches on and phones nobody twice`, async () => {
  await using backend = await startDatabaseBackend();
  await using bench = await startBench(version, backend, { ENV_CALL_WATCH_FOR: "PT5M" });
  const talking = bench.provider(endless());
  const placing = bench.provider(answered({ createFaults: ["no answer"] }));

  const started = await bench.start([talking, placing]);
  await until(async () => (await backend.statuses(talking.id)).includes("in_progress"));
  await bench.kestra.kill();
  await bench.kestra.restart();
  bench.callTo(talking)?.hangUp();
  const execution = await bench.kestra.ended(started);

  assert.deepEqual(execution.outputs?.endings, { completed: 1, error: 1 });
  assert.equal((await backend.provider(talking.id)).call_status, "completed");
  assert.match((await backend.provider(placing.id)).call_error ?? "", /whether the phone rang/);
  const placed = bench.vapi.requests.filter(({ method }) => method === "POST");
  assert.equal(placed.length, 2);
});

Deno.test("the two parent flows differ in their loops alone", async () => {
  const [two, one] = await Promise.all(
    ["2.0.0", "1.3.31"].map(async (version) => (await parentFlow(version)).split("\n")),
  );
  const differences = two.filter((line) => !one.includes(line)).map((line) => line.trim());
  assert.deepEqual(
    differences.filter((line) => !/Loop|item\.value|outputs|call_status|STRING/.test(line)),
    [],
  );
});
