import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { TOKEN } from "./support/stack.ts";
import { endOfCallReport, staleCall, statusUpdate } from "./support/vapi_messages.ts";
import { startWebhookStack, WEBHOOK_TOKEN } from "./support/webhook.ts";

Deno.test("the functions log what happened, and nothing secret of it", async (test) => {
  await using testStack = await startWebhookStack();
  const { post, send, place, newRequest, stack } = testStack;
  const { id, providers: [provider, other] } = await newRequest(2);
  const { success, timeout, error } = originalBodies(provider, id);

  /** The lines that were logged meanwhile, one for each delivery. */
  async function logged(deliver: () => Promise<Response[]>) {
    const { length } = stack.functionLogs;
    const responses = await deliver();
    for (const response of responses) await response.body?.cancel();
    const lines = () => stack.functionLogs.slice(length);
    for (let i = 0; i < 200 && lines().length < responses.length; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return lines().map((line) => JSON.parse(line));
  }

  await test.step("save-call-result leaves one line for each request that it applies or refuses", async () => {
    const call = success.callResult;
    const lines = await logged(async () => [
      await post({ ...success, callResult: { ...call, analysis: null } }),
      await post(success),
      await post(success),
      await post(timeout),
      await post(error),
      await post(success, { Authorization: "Bearer wrong" }),
      await post(success, { "Content-Type": "text/plain" }),
      await post(JSON.stringify(success).slice(0, -1)),
      await post(JSON.stringify(success).replace("Are you", "\\u0000Are you")),
      await post({ ...success, callResult: { ...call, cost: "Are you free" } }),
      await post({ ...success, providerId: crypto.randomUUID() }),
      await post({ ...success, serviceRequestId: crypto.randomUUID() }),
      await post({ ...success, providerId: other }),
      await post(" ".repeat(1024 * 1024 + 1)),
    ]);
    assert.deepEqual(lines.map(({ status, outcome }) => `${status} ${outcome}`), [
      "200 applied",
      "200 enriched",
      "200 duplicate",
      "200 superseded",
      "200 superseded",
      "401 unauthorized",
      "415 unsupported_media_type",
      "400 invalid_json",
      "200 duplicate",
      "200 duplicate",
      "404 unknown_provider",
      "409 wrong_request",
      "409 wrong_call",
      "413 payload_too_large",
    ]);
    for (const line of lines) assert.equal(line.function, "save-call-result");
    const [applied] = lines;
    assert.equal(typeof applied.ms, "number");
    assert.equal(applied.reportedStatus, "completed");
    assert.equal(applied.callId, call.callId);
  });

  await test.step("an id that is none is not written to the log", async () => {
    const { id, providers: [providerId] } = await newRequest();
    const callId = "+15550100003 this is Bob";
    const callResult = { status: "queued", callId };
    const response = await post({ providerId, serviceRequestId: id, callResult });
    assert.equal((await response.json()).callId, callId);
    assert(!stack.functionLogs.join("\n").includes("Bob"));
  });

  await test.step("whatever is sent, a line stays short, in plain ASCII, and one line", async () => {
    const { id, providers: [providerId] } = await newRequest();
    const hostile = [
      "x".repeat(900_000),
      ...[
        "\n{}",
        "\u001b[31mred",
        "\u009b31mred",
        "\u0085",
        "\u2028",
        "\u202ereversed",
        "\u{1f600}",
      ],
      ...[
        "+15550100003",
        "15550100003",
        "1-555-010-0003",
        "555.010.0003",
        "a b",
        "",
        "\ufeff",
        "\u0430",
      ],
    ];
    const call = (id: string) => ({ id, metadata: { providerId, serviceRequestId: id } });
    const callResult = (callId: string) => ({ status: "queued", callId });
    for (const text of hostile) {
      const lines = await logged(async () => [
        await send({ message: { type: text, call: call(text) } }),
        await send({ message: { type: "status-update", status: text, call: call(text) } }),
        await send({ message: { type: "status-update", status: "queued", call: call(text) } }),
        await post({ providerId, serviceRequestId: id, callResult: callResult(text) }),
        await post({ [text]: text, providerId: text, serviceRequestId: text, callResult: text }),
        await post({ providerId, serviceRequestId: id, callResult: callResult("c") }, {
          "Idempotency-Key": encodeURIComponent(text).slice(0, 4000),
        }),
      ]);
      assert.equal(lines.length, 6);
      for (const line of stack.functionLogs.slice(-6)) {
        assert.match(line, /^[\x20-\x7e]{1,1000}$/);
        assert.doesNotMatch(line, /555.?010|31mred|reversed/);
      }
    }
    const lines = await logged(async () => [await send({ message: { type: "hang up" } })]);
    assert.equal(lines[0].messageType, "(unusual)");
  });

  await test.step("vapi-webhook leaves one line for each message, with its type", async () => {
    const placed = await place();
    const nobody = { ...placed, callId: crypto.randomUUID(), providerId: crypto.randomUUID() };
    const report = endOfCallReport(placed);
    const lines = await logged(async () => [
      await send(statusUpdate(placed, "in-progress")),
      await send(report),
      await send({ message: { ...report.message, type: "hang" } }),
      await send(endOfCallReport(nobody)),
      await send(endOfCallReport(nobody, { call: { ...staleCall(nobody), id: undefined } })),
      await send(JSON.stringify(report).slice(0, -1)),
    ]);
    assert.deepEqual(lines.map(({ status, messageType }) => `${status} ${messageType}`), [
      "200 status-update",
      "200 end-of-call-report",
      "200 hang",
      "404 end-of-call-report",
      "422 end-of-call-report",
      "400 undefined",
    ]);
    for (const line of lines) assert.equal(line.function, "vapi-webhook");
  });

  await test.step("no transcript, no phone number, no token and no key is in any line", () => {
    const log = stack.functionLogs.join("\n");
    for (
      const secret of [
        ...[TOKEN, WEBHOOK_TOKEN, stack.secretKey, "twilio-secret"],
        ...["Are you free", "mañana", "+15550100001", "+15550101212"],
      ]
    ) assert(!log.includes(secret), secret);
  });
});
