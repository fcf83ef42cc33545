import assert from "node:assert/strict";
import { MINUTE, startReconcileStack, summary } from "./support/reconcile.ts";
import { endOfCallReport, type Placed } from "./support/vapi_messages.ts";
import { startWebhookStack } from "./support/webhook.ts";

const REASON = "silence-timed-out";
const WORDS = "AI: Could you come on Friday?\nUser: Friday at nine works.";

/** What a report may lack of a conversation, as Vapi's artifact. */
const POORER: Record<string, unknown> = {
  "no artifact": null,
  "an empty artifact": {},
  "no messages": { messages: [] },
  "an empty transcript": { transcript: "", messages: [] },
  "the original's placeholder": { transcript: "No transcript" },
  "the assistant's words alone": { transcript: "AI: Could you come on Friday?" },
  "the system's and a tool's messages": {
    messages: [{ role: "system", message: "You are" }, { role: "tool_calls", message: "x" }],
  },
};

Deno.test("a poorer report takes no conversation back", async (test) => {
  await using webhookStack = await startWebhookStack();
  const { sql, post, saved, place, rowOf } = webhookStack;

  const doors = {
    kestra: async ({ callId, ...ids }: Placed, artifact: unknown) => {
      const callResult = {
        status: "completed",
        callId,
        startedAt: "2026-08-20T10:00:20.000Z",
        endedReason: REASON,
        artifact,
      };
      const response = await post({ ...ids, callResult });
      assert.equal(response.status, 200, await response.clone().text());
      return (await response.json()).outcome;
    },
    webhook: async (placed: Placed, artifact: unknown) =>
      (await saved(
        endOfCallReport(placed, { endedReason: REASON, artifact, analysis: {} }),
      )).outcome,
  };

  for (const [first, deliverFirst] of Object.entries(doors)) {
    for (const [second, deliverSecond] of Object.entries(doors)) {
      await test.step(`told by ${first}, then told less by ${second}, in either order, and again`, async () => {
        for (const [what, artifact] of Object.entries(POORER)) {
          const richFirst = await place();
          await deliverFirst(richFirst, { transcript: WORDS });
          await deliverSecond(richFirst, artifact);
          const poorFirst = await place();
          await deliverSecond(poorFirst, artifact);
          await deliverFirst(poorFirst, { transcript: WORDS });
          for (const placed of [richFirst, poorFirst]) {
            const row = await rowOf(placed);
            assert.equal(row.call_status, "completed", what);
            assert.equal(row.call_transcript, WORDS, what);
            const [{ status }] = await sql`
              select status from service_requests where id = ${placed.serviceRequestId}`;
            assert.equal(status, "completed", what);
            assert.equal(await deliverSecond(placed, artifact), "duplicate", what);
            assert.equal(await deliverFirst(placed, { transcript: WORDS }), "duplicate", what);
          }
        }
      });
    }
  }

  await test.step("what the poorer report does know is saved, and its step is in the log", async () => {
    const placed = await place();
    await doors.kestra(placed, { transcript: WORDS });
    await doors.webhook(placed, { transcript: "AI: Could you come on Friday?" });
    const row = await rowOf(placed);
    assert.equal(row.call_cost, "0.0931");
    const log = await sql`
      select call_status, detail from interaction_logs where call_id = ${placed.callId} order by created_at`;
    assert.deepEqual(log.map(({ call_status, detail }) => [call_status, detail]), [
      ["completed", "The conversation took place."],
      ["no_answer", "Nobody answered."],
    ]);
  });
});

Deno.test("what Vapi's API does not keep, the reconciler does not take back", async () => {
  await using stack = await startReconcileStack({ VAPI_WEBHOOK_TOKEN: "hook" });
  const { sql, place, later, reconcile, rowOf, postTo } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  // As with zero data retention: times and cost, and no words.
  const call = await place({
    createdAgo: 20 * MINUTE,
    endedReason: REASON,
    turns: [],
    analysis: {},
    cost: 0.3,
  });
  const body = endOfCallReport(call, {
    endedReason: REASON,
    artifact: { transcript: WORDS },
    analysis: {},
    cost: 0.1,
  });
  const response = await postTo("vapi-webhook", body, { "X-Vapi-Secret": "hook" });
  assert.equal((await response.json()).callStatus, "completed");

  await later(5);
  assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }));
  const row = await rowOf(call);
  assert.equal(row.call_status, "completed");
  assert.equal(row.call_transcript, WORDS);
  assert.equal(row.call_cost, "0.3", "what the API knows stands");
  await later(60);
  assert.deepEqual(await reconcile(), summary({}), "and it is not asked again");
});

Deno.test("missing words are not silence", async (test) => {
  await using webhookStack = await startWebhookStack();
  const { saved, place, rowOf } = webhookStack;

  /** How an end-of-call report ends its call. */
  async function statusOf(changes: Record<string, unknown>): Promise<string> {
    return (await saved(endOfCallReport(await place(), changes))).callStatus;
  }

  await test.step("an answered call of which no words are known is a conversation", async () => {
    const placed = await place();
    // Transcripts switched off, or words that are kept nowhere: times, cost and outcome are known.
    const report = endOfCallReport(placed, { endedReason: "exceeded-max-duration", artifact: {} });
    assert.equal((await saved(report)).callStatus, "completed");
    assert.equal((await rowOf(placed)).call_summary, "They can come tomorrow at nine.");
    for (
      const endedReason of ["call.in-progress.twilio-completed-call", "hangup", "vonage-completed"]
    ) {
      assert.equal(await statusOf({ endedReason, artifact: {} }), "completed");
    }
  });

  await test.step("but for one that ended in silence, or was never answered, or in which the assistant alone spoke", async () => {
    const endedReason = "exceeded-max-duration";
    assert.equal(await statusOf({ endedReason: "silence-timed-out", artifact: {} }), "no_answer");
    assert.equal(await statusOf({ endedReason, artifact: {}, startedAt: null }), "no_answer");
    const artifact = { transcript: "AI: Hello?\nAI: Anybody?" };
    assert.equal(await statusOf({ endedReason, artifact }), "no_answer");
  });

  await test.step("words of which it is uncertain whose they are count as unknown", async () => {
    const artifact = { transcript: "a text without any label" };
    assert.equal(await statusOf({ endedReason: "exceeded-max-duration", artifact }), "completed");
    assert.equal(await statusOf({ endedReason: "silence-timed-out", artifact }), "no_answer");
  });

  await test.step("the log says that the words are missing", async () => {
    const placed = await place();
    await saved(endOfCallReport(placed, { endedReason: "hangup", artifact: {}, analysis: {} }));
    const [{ detail }] = await webhookStack.sql`
      select detail from interaction_logs where call_id = ${placed.callId}`;
    assert.equal(detail, "The call was answered; what was said is not known.");
  });
});
