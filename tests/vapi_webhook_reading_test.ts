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

  await test.step("whatever the two sides are called, their turns are told apart, and somebody was heard", async () => {
    const transcripts: Record<string, string[]> = {
      "AI: Could you come?\nCustomer: On Friday.\nAI: At what price?\nCustomer: Ninety.": [
        "AI",
        "Customer",
        "AI",
        "Customer",
      ],
      "Seller: Who is this?\nAI: I call about a tap.\nSeller: Come by on Monday.": [
        "Seller",
        "AI",
        "Seller",
      ],
      "Receptionist (AI): Can you come?\nO'Brien & Sons: Yes, at nine.": [
        "Receptionist (AI)",
        "O'Brien & Sons",
      ],
      "[00:01] **AI:** Hello. **User:** Hi, who is it?": ["AI", "User"],
      "客服：您好。\n客户：星期五可以。": ["客服", "客户"],
    };
    for (const [transcript, speakers] of Object.entries(transcripts)) {
      for (const messages of [[], [{ role: "bot", message: "Hello." }]]) {
        const placed = await place();
        const answer = await saved(endOfCallReport(placed, {
          endedReason: "silence-timed-out",
          artifact: { transcript, messages },
        }));
        assert.equal(answer.callStatus, "completed", transcript);
        const [log] = await webhookStack.sql`
          select transcript from interaction_logs where provider_id = ${placed.providerId}`;
        assert.deepEqual(
          log.transcript.map(({ speaker }: { speaker: string }) => speaker),
          speakers,
        );
      }
    }
  });

  await test.step("where the payload says what the sides are called, that is certain", async () => {
    const artifact = { transcript: "Buyer: Hello?\nBuyer: Anybody there?", messages: [] };
    const called = (names: Record<string, string>) => ({
      endedReason: "exceeded-max-duration",
      artifact,
      assistant: { artifactPlan: { transcriptPlan: names } },
    });
    const statusOf = async (names: Record<string, string>) =>
      (await saved(endOfCallReport(await place(), called(names)))).callStatus;
    assert.equal(await statusOf({ assistantName: "Buyer" }), "no_answer");
    assert.equal(await statusOf({ userName: "Buyer" }), "completed");
  });

  await test.step("a message whose text is its content is a turn, too", async () => {
    const placed = await place();
    const messages = [
      { role: "bot", message: "Are you free on Friday?" },
      { role: "user", content: "Yes, at nine." },
    ];
    const report = endOfCallReport(placed, {
      endedReason: "silence-timed-out",
      artifact: { messages },
    });
    assert.equal((await saved(report)).callStatus, "completed");
    assert.equal(
      (await rowOf(placed)).call_transcript,
      "AI: Are you free on Friday?\nUser: Yes, at nine.",
    );
  });

  await test.step("metadata may be the squad's, and ids are equal in any case", async () => {
    for (const where of ["squadOverrides", "membersOverrides", "members"]) {
      const placed = await place();
      const metadata = {
        providerId: placed.providerId.toUpperCase(),
        serviceRequestId: placed.serviceRequestId.toUpperCase(),
      };
      const squad = where === "members"
        ? { squad: { members: [{ assistantId: "a" }, { assistantOverrides: { metadata } }] } }
        : where === "membersOverrides"
        ? { squad: { membersOverrides: { metadata } } }
        : { squadOverrides: { metadata } };
      const id = placed.callId.toUpperCase();
      const answer = await saved(endOfCallReport(placed, {
        call: { ...staleCall(placed), id, assistantOverrides: null, ...squad },
      }));
      assert.equal(answer.callId, placed.callId);
      assert.equal(answer.providerId, placed.providerId);
      const again = await saved(statusUpdate(placed, "in-progress"));
      assert.equal(again.outcome, "superseded", "it is the same call");
    }
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
