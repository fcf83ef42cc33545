import assert from "node:assert/strict";
import { endOfCallReport, staleCall, statusUpdate } from "./support/vapi_messages.ts";
import { startWebhookStack } from "./support/webhook.ts";

Deno.test("vapi-webhook reads a message defensively, so that nothing new costs a result", async (test) => {
  await using webhookStack = await startWebhookStack();
  const { saved, place, rowOf } = webhookStack;

  await test.step("ended is saved where its reason alone decides, else the report brings it", async () => {
    const placed = await place();
    assert.deepEqual(await saved(statusUpdate(placed, "ended", "silence-timed-out")), {
      outcome: "ignored",
      reason: "report_follows",
    });
    assert.deepEqual(await saved(statusUpdate(placed, "ended")), {
      outcome: "ignored",
      reason: "report_follows",
    });
    const answer = await saved(statusUpdate(placed, "ended", "customer-did-not-answer"));
    assert.equal(answer.callStatus, "no_answer");
    assert.equal((await rowOf(placed)).call_ended_reason, "customer-did-not-answer");
  });

  await test.step("the message level stands over the artifact, and both over the stale call", async () => {
    const placed = await place();
    const report = endOfCallReport(placed, {
      endedReason: "voicemail",
      transcript: "AI: from the message",
      recordingUrl: "https://storage.example.com/message.wav",
      call: {
        ...staleCall(placed),
        status: "ringing",
        endedReason: "customer-busy",
        cost: 9,
        analysis: { summary: "stale" },
      },
    });
    assert.equal((await saved(report)).callStatus, "voicemail");
    const row = await rowOf(placed);
    assert.equal(row.call_transcript, "AI: from the message");
    assert.equal(row.call_recording_url, "https://storage.example.com/message.wav");
    assert.equal(row.call_cost, "0.0931");
    assert.equal(row.call_summary, "They can come tomorrow at nine.");
  });

  await test.step("what is missing at message level is read from the artifact and the call", async () => {
    const placed = await place();
    await saved(endOfCallReport(placed, {
      analysis: {},
      startedAt: null,
      endedAt: "",
      durationSeconds: 90,
      cost: undefined,
      artifact: {
        structuredOutputs: {
          "a1": { name: "availability", result: "Friday" },
          "b2": { name: "notes", result: null },
        },
      },
      call: {
        ...staleCall(placed),
        cost: 0.5,
        analysis: { summary: "from the call", successEvaluation: 7 },
        transcript: "AI: Hello\nUser: Hi",
      },
    }));
    const row = await rowOf(placed);
    assert.deepEqual(row.call_result, { availability: "Friday" });
    assert.equal(row.call_summary, "from the call");
    assert.equal(row.call_success_evaluation, "7");
    assert.equal(row.call_cost, "0.5");
    assert.equal(row.call_duration_minutes, "1.5");
    assert.equal(row.call_transcript, "AI: Hello\nUser: Hi");
  });

  await test.step("numeric and ISO times, other labels, unknown fields, reasons and types cost nothing", async () => {
    const placed = await place();
    await saved(endOfCallReport(placed, {
      timestamp: "2026-08-20T10:01:30.000Z",
      startedAt: 1787220020000,
      endedAt: "2026-08-20T10:02:20Z",
      endedReason: "customer-waved-goodbye",
      artifact: { transcript: "KI: Hallo?\nKunde: Ja.", brandNew: { nested: [1] } },
      brandNew: true,
      messages: "not a list",
      cost: "free",
      analysis: { summary: { text: "no text" }, structuredData: [1, 2], successEvaluation: ["no"] },
      recordingUrl: "javascript:alert(1)",
    }));
    const row = await rowOf(placed);
    assert.equal(row.call_status, "completed");
    assert.equal(row.call_ended_reason, "customer-waved-goodbye");
    assert.equal(row.call_transcript, "KI: Hallo?\nKunde: Ja.");
    assert.deepEqual(row.call_result, [1, 2]);
    assert.equal(row.call_summary, null);
    assert.equal(row.call_recording_url, null);
    assert.equal(row.call_duration_minutes, "2");
  });

  await test.step("a report without a reason is completed unless the assistant alone spoke, or nobody answered", async () => {
    const reports = {
      heard: { endedReason: null },
      unheard: { endedReason: null, artifact: { transcript: "AI: Hello? AI: Anybody?" } },
      wordless: { endedReason: "", artifact: null },
      unanswered: { endedReason: "", artifact: null, startedAt: null },
    };
    const statuses: Record<string, unknown> = {};
    for (const [name, changes] of Object.entries(reports)) {
      statuses[name] = (await saved(endOfCallReport(await place(), changes))).callStatus;
    }
    assert.deepEqual(statuses, {
      heard: "completed",
      unheard: "failed",
      wordless: "completed",
      unanswered: "failed",
    });
  });
});
