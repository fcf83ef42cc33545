import assert from "node:assert/strict";
import {
  answered,
  type FakeVapi,
  startFakeVapi,
  tooManyRequests,
  unanswered,
  type WireCall,
} from "./fake_vapi/mod.ts";

const phoneNumberId = "9c0bc080-2879-43ca-a7a2-59990d345120";
const request = {
  phoneNumberId,
  customer: { number: "+15550100001", name: "Test Plumbing" },
  assistant: { firstMessage: "Hello", metadata: { providerId: "p" } },
};

const outputs = "assistant.artifactPlan.structuredOutputs";
const withOutput = (output: unknown) => ({
  ...request,
  assistant: { artifactPlan: { structuredOutputs: [output] } },
});

async function send<T = WireCall>(vapi: FakeVapi, path: string, body?: unknown) {
  const response = await fetch(vapi.url + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${vapi.token}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() as T };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("a call is queued, rings, is answered, ends, and is complete a while later", async () => {
  await using vapi = startFakeVapi();
  const { status, body } = await send(vapi, "/call", request);
  assert.equal(status, 201);
  assert.equal(body.status, "queued");

  const [call] = vapi.calls;
  const { ringing, answered, ended, completed } = call.times;
  assert.equal(call.snapshot(ringing).status, "ringing");
  assert.equal(call.snapshot(answered).status, "in-progress");
  assert.equal(call.snapshot(ended).status, "ended");
  assert.equal(call.snapshot(ended).analysis, undefined);
  assert.equal(call.snapshot(ended).cost, 0);
  assert.ok(call.snapshot(completed).transcript?.startsWith("AI: Hello"));
  assert.deepEqual(call.snapshot(completed).assistant, request.assistant);
});

Deno.test("a call that nobody answers was never started", async () => {
  await using vapi = startFakeVapi({ script: () => unanswered("customer-busy") });
  await send(vapi, "/call", request);
  const [call] = vapi.calls;
  const { status, startedAt, endedReason } = call.snapshot(call.times.completed);
  assert.deepEqual({ status, startedAt, endedReason }, {
    status: "ended",
    startedAt: undefined,
    endedReason: "customer-busy",
  });
});

Deno.test("what the real API refuses is refused, in its words", async () => {
  await using vapi = startFakeVapi();
  const wrong: [unknown, string][] = [
    [{ ...request, metadata: {} }, "property metadata should not exist"],
    [{ ...request, assistant: { prompt: "x" } }, "assistant.property prompt should not exist"],
    [{ ...request, phoneNumberId: undefined }, "Need either `phoneNumberId` or `phoneNumber`."],
    [{ ...request, customer: undefined }, "Need either `customer` or `customerId`."],
    [
      { ...request, customer: { number: "555-0100" } },
      "customer.number must be a valid phone number in the E.164 format.",
    ],
    [{ ...request, assistant: { server: null } }, "assistant.server must be an object"],
    [
      withOutput({ name: "", schema: { type: "string" } }),
      `${outputs}.0.name should not be empty`,
    ],
    [withOutput({ name: "x" }), `${outputs}.0.schema must be an object`],
    [
      withOutput({ name: "x", schema: { type: "text" } }),
      `${outputs}.0.schema.type must be one of the following values: string, number, integer, boolean, array, object`,
    ],
    [
      withOutput({ name: "x", schema: { type: "object" } }),
      `${outputs}.0.schema.properties must be an object`,
    ],
    [
      withOutput({ name: "x", type: "llm", schema: { type: "string" } }),
      `${outputs}.0.type must be one of the following values: ai, regex`,
    ],
    [
      withOutput({ name: "x", schema: { type: "string" }, prompt: "y" }),
      `${outputs}.0.property prompt should not exist`,
    ],
  ];
  for (const [body, message] of wrong) {
    const refusal = await send<{ message: string[] }>(vapi, "/call", body);
    assert.equal(refusal.status, 400);
    assert.deepEqual(refusal.body, { message: [message], error: "Bad Request", statusCode: 400 });
  }
  assert.equal(vapi.calls.length, 0);
});

Deno.test("structured outputs are made as they are asked for, in place of the analysis", async () => {
  await using vapi = startFakeVapi();
  await send(vapi, "/call", {
    ...request,
    assistant: {
      analysisPlan: { summaryPlan: { enabled: false }, successEvaluationPlan: { enabled: false } },
      artifactPlan: {
        structuredOutputs: [
          { name: "call", type: "ai", schema: { type: "object", properties: {} } },
          { name: "summary", schema: { type: "string" } },
          { name: "success_evaluation", schema: { type: "boolean" } },
        ],
      },
    },
  });
  const [call] = vapi.calls;
  const { analysis, artifact } = call.snapshot(call.times.completed);
  const { summary, structuredData } = answered().analysis;
  assert.deepEqual(analysis, {});
  assert.deepEqual(Object.values(artifact?.structuredOutputs ?? {}), [
    { name: "call", result: structuredData },
    { name: "summary", result: summary },
    { name: "success_evaluation", result: true },
  ]);
});

Deno.test("a wrong key is 401 and an unknown call 404", async () => {
  await using vapi = startFakeVapi();
  const response = await fetch(`${vapi.url}/call`, { headers: { authorization: "Bearer x" } });
  await response.body?.cancel();
  assert.equal(response.status, 401);
  assert.equal((await send(vapi, "/call/unknown")).status, 404);
});

Deno.test("faults come by attempt, then the call goes on", async () => {
  await using vapi = startFakeVapi({
    script: () =>
      answered({ createFaults: [tooManyRequests(7)], getFaults: [{ status: 500, body: "{}" }] }),
  });
  const limited = await send(vapi, "/call", request);
  assert.equal(limited.status, 429);
  assert.equal(limited.headers.get("retry-after"), "7");
  const { body: { id } } = await send(vapi, "/call", request);
  assert.equal((await send(vapi, `/call/${id}`)).status, 500);
  assert.equal((await send(vapi, `/call/${id}`)).status, 200);
  assert.equal(vapi.calls.length, 1);
});

Deno.test("the list is newest first, within its bounds", async () => {
  await using vapi = startFakeVapi();
  for (let call = 0; call < 3; call++) {
    await send(vapi, "/call", request);
    await pause(5);
  }
  const [first, second, third] = vapi.calls.map(({ id }) => id);
  const ids = async (query: string) =>
    (await send<WireCall[]>(vapi, `/call?${query}`)).body.map(({ id }) => id);

  assert.deepEqual(await ids(""), [third, second, first]);
  assert.deepEqual(await ids("limit=1"), [third]);
  const { createdAt } = vapi.calls[1].snapshot();
  assert.deepEqual(await ids(`createdAtLt=${createdAt}`), [first]);
  assert.deepEqual(await ids(`createdAtGe=${createdAt}`), [third, second]);
});

Deno.test("the list goes by what changed, too, and neither it nor a call is older than the plan keeps", async () => {
  const DAY = 24 * 3_600_000;
  const scripts = [
    answered({ createdAgo: 5 * DAY }),
    answered({ createdAgo: 5 * DAY, scheduledFor: 5 * DAY - 60_000 }),
    answered({ createdAgo: 15 * DAY }),
    answered({ scheduledFor: DAY }),
  ];
  await using vapi = startFakeVapi({ script: () => scripts[vapi.calls.length] });
  for (const _ of scripts) await send(vapi, "/call", request);
  const [, ran, old, planned] = vapi.calls;
  const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString();
  const list = (query: string) => send<WireCall[]>(vapi, `/call?${query}`);

  const { body } = await list(`createdAtGe=${ago(13)}&updatedAtGe=${ago(1)}`);
  assert.deepEqual(body.map(({ id }) => id), [planned.id, ran.id]);
  assert.equal(body[0].status, "scheduled");
  assert.equal(Date.parse(body[0].schedulePlan!.earliestAt), planned.createdAt + DAY);
  for (const path of [`/call?createdAtGe=${ago(15)}`, `/call/${old.id}`]) {
    const { status, body } = await send<{ message: string }>(vapi, path);
    assert.equal(status, 400);
    assert.match(body.message, /only covers the last 14 days/);
  }
});

Deno.test("webhooks carry their headers, and are sent again while the answer is 5xx", async () => {
  const received: { authorization: string | null; type: string; status?: string }[] = [];
  await using receiver = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { message: { type, status } } = await request.json();
      received.push({ authorization: request.headers.get("authorization"), type, status });
      return new Response(null, { status: received.length === 1 ? 503 : 200 });
    },
  );
  await using vapi = startFakeVapi({
    script: () =>
      answered({ ringsAfter: 10, answeredAfter: 200, endsAfter: 50, artifactAfter: 50 }),
  });
  await send(vapi, "/call", {
    ...request,
    assistant: {
      server: {
        url: `http://127.0.0.1:${receiver.addr.port}`,
        headers: { Authorization: "Bearer hook" },
        backoffPlan: { type: "exponential", maxRetries: 3, baseDelaySeconds: 1 },
      },
    },
  });
  while (vapi.deliveries.length < 5) await pause(20);

  assert.ok(received.every(({ authorization }) => authorization === "Bearer hook"));
  assert.deepEqual(received.map(({ type, status }) => status ?? type), [
    "ringing",
    "ringing",
    "in-progress",
    "ended",
    "end-of-call-report",
  ]);
  assert.deepEqual(vapi.deliveries.map(({ status }) => status), [503, 200, 200, 200, 200]);
});
