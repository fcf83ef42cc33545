import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { assertLastLog } from "./support/last_log.ts";
import { MINUTE, startReconcileStack, summary } from "./support/reconcile.ts";
import { endOfCallReport } from "./support/vapi_messages.ts";
import { startWebhookStack } from "./support/webhook.ts";

/** JSON as text, which can say what no value can. */
class Raw {
  constructor(readonly text: string) {}
}

const nested = new Raw("[".repeat(5_000) + "7" + "]".repeat(5_000));

/** Of each field of a report, what cannot be read there. */
const UNREADABLE: Record<string, unknown[]> = {
  createdAt: [
    "yesterday",
    "0000-01-01T00:00:00Z",
    "2026-02-30T10:00:00Z",
    "2099-01-01T00:00:00Z",
    { at: 1 },
    true,
    nested,
  ],
  startedAt: ["10:00", ["2026-11-22"], new Raw("1e400"), { $date: 1 }],
  endedAt: [-1, "9999-12-31T23:59:59Z", false],
  cost: [-1, "free", "-0.5", new Raw("1e400"), "9".repeat(400), [0.2], { total: 1 }],
  durationSeconds: [-60, "a minute", [1]],
  endedReason: [7, ["busy"], { reason: "busy" }],
  messages: ["not a list", 7, { role: "user" }],
  transcript: [7, { text: "AI: Hi" }, true],
  recordingUrl: [
    "s3://bucket/a.wav",
    "gs://bucket/a.wav",
    "calls/a.wav",
    "[REDACTED]",
    "javascript:alert(1)",
    7,
  ],
  recording: ["https://storage.example.com/a.wav", [1]],
  analysis: ["good", [1], 7, nested],
  artifact: ["none", [1], 7],
  costBreakdown: ["0.2", [1]],
  costs: ["0.2", { cost: 1 }],
  summary: [7, ["Good."], { text: "Good." }],
};

/** What a field may hold that takes nothing away and is worth no word. */
const EMPTY = [null, "", {}, [], "  "];

Deno.test("what cannot be read costs only itself, and the answer and the log say so", async (test) => {
  await using webhookStack = await startWebhookStack();
  const { sql, post, send, place, newRequest } = webhookStack;

  /** JSON in which a field holds what no value can hold. */
  function written(body: unknown, value: unknown): string {
    const text = JSON.stringify(body, (_, one) => one instanceof Raw ? "«raw»" : one);
    return value instanceof Raw ? text.replace('"«raw»"', value.text) : text;
  }

  /** A delivery of one door, with a field changed, and the paths of which it warned. */
  const doors = {
    async "save-call-result"(field: string, value: unknown) {
      const { id, providers: [provider] } = await newRequest();
      const { success } = originalBodies(provider, id);
      const callResult = { ...success.callResult, [field]: value };
      const response = await post(written({ ...success, callResult }, value));
      return { response, provider, prefix: "callResult" };
    },
    async "vapi-webhook"(field: string, value: unknown) {
      const placed = await place();
      const { message } = endOfCallReport(placed);
      if (field === "createdAt") Object.assign(message.call, { createdAt: value });
      else Object.assign(message, { [field]: value });
      const response = await send(written({ message }, value));
      const prefix = field === "createdAt" ? "message.call" : "message";
      return { response, provider: placed.providerId, prefix };
    },
  };

  for (const [name, deliver] of Object.entries(doors)) {
    await test.step(`${name}: a field that cannot be read is left out and named, and the rest is saved`, async () => {
      for (const [field, values] of Object.entries(UNREADABLE)) {
        for (const value of values) {
          const { response, provider, prefix } = await deliver(field, value);
          const answer = await response.json();
          const what = `${field}: ${JSON.stringify(value).slice(0, 80)}`;
          assert.equal(response.status, 200, `${what} ${JSON.stringify(answer)}`);
          assert.equal(answer.outcome, "applied", what);
          assert.deepEqual(answer.warnings?.map(({ path }: { path: string }) => path), [
            `${prefix}.${field}`,
          ], what);
          assert.match(answer.warnings[0].message, /^Invalid input: expected/);
          const [row] =
            await sql`select call_status, call_id from providers where id = ${provider}`;
          assert(row.call_id, what);
          assert.equal(row.call_status, "completed", what);
        }
      }
    });

    await test.step(`${name}: a field that is empty counts as absent, without a word`, async () => {
      for (const field of Object.keys(UNREADABLE)) {
        for (const value of EMPTY) {
          const { response } = await deliver(field, value);
          const answer = await response.json();
          assert.equal(answer.outcome, "applied", JSON.stringify(answer));
          assert.equal(answer.warnings, undefined, `${field}: ${JSON.stringify(value)}`);
        }
      }
    });

    await test.step(`${name}: what Postgres cannot hold is replaced, in any key and any value`, async () => {
      const hostile = {
        "key\u0000": "a\u0000b",
        "half\ud83d": "\udc4d half",
        list: [new Raw("1e400")],
        deep: JSON.parse("[".repeat(200) + "]".repeat(200)),
      };
      const conversation = [
        { role: "bot", message: "Friday\u0000?" },
        { role: "tool_call_result", result: hostile, "\u0000": "\ud83d" },
        { role: "user", message: "Yes \ud83d" },
      ];
      for (
        const [field, value] of Object.entries({
          messages: conversation,
          structuredData: hostile,
          unknown: hostile,
        })
      ) {
        const { response, provider } = await deliver(field, value);
        const answer = await response.json();
        assert.equal(response.status, 200, JSON.stringify(answer));
        const [row] =
          await sql`select call_status, call_transcript from providers where id = ${provider}`;
        assert.equal(row.call_status, "completed", field);
        if (field === "messages") {
          const [log] = await sql`
            select transcript from interaction_logs where provider_id = ${provider} and call_status = 'completed'`;
          assert.deepEqual(log.transcript, [
            { speaker: "AI", text: "Friday\uFFFD?" },
            { speaker: "User", text: "Yes \uFFFD" },
          ]);
        }
      }
    });
  }

  await test.step("the log line names the paths, and nothing of what they held", async () => {
    const { id, providers: [provider] } = await newRequest();
    const { success } = originalBodies(provider, id);
    const callResult = { ...success.callResult, recordingUrl: "s3://secret/a.wav", cost: "secret" };
    await post({ ...success, callResult });
    await assertLastLog(
      webhookStack.stack,
      '"warnings":"callResult.recordingUrl, callResult.cost"',
    );
    assert(!webhookStack.stack.functionLogs.at(-1)?.includes("secret"));
  });
});

Deno.test("what cannot be read of Vapi's API costs only itself, too, and the run's log line says so", async () => {
  await using stack = await startReconcileStack();
  const { sql, vapi, place, report, later, reconcile, rowOf } = stack;
  await sql`update private.discovery set next_at = 'infinity'`;
  for (const [field, values] of Object.entries(UNREADABLE)) {
    for (const value of values.filter((value) => !(value instanceof Raw))) {
      const placed = await place({ createdAgo: 30 * MINUTE });
      const call = vapi.calls.find(({ id }) => id === placed.callId)!;
      const body = JSON.stringify({ ...call.snapshot(), [field]: value });
      call.script.getFaults = [{ status: 200, body }];
      await report(placed, "in_progress");
      await later(20);
      assert.deepEqual(await reconcile(), summary({ checked: 1, recovered: 1 }), field);
      assert.equal((await rowOf(placed)).call_status, "completed", field);
      await assertLastLog(stack.stack, `"warnings":"call.${field}"`);
    }
  }
});

/** What a field holds, and what is saved of it. */
const READABLE: [Record<string, unknown>, Record<string, unknown>][] = [
  [{ createdAt: "2026-11-20T10:00:00+0000" }, { called_at: "2026-11-20T10:00:00.000Z" }],
  [{ createdAt: "2026-11-20" }, { called_at: "2026-11-20T00:00:00.000Z" }],
  [{ createdAt: "2026-11-20 10:00:00.123456+02" }, { called_at: "2026-11-20T08:00:00.123Z" }],
  [{ createdAt: "2026-11-20T10:00" }, { called_at: "2026-11-20T10:00:00.000Z" }],
  [{ createdAt: 1795168800000 }, { called_at: "2026-11-20T10:00:00.000Z" }],
  [{ createdAt: "1795168800000" }, { called_at: "2026-11-20T10:00:00.000Z" }],
  [{ cost: "0.21" }, { call_cost: "0.21" }],
  [{ cost: null, costBreakdown: { total: 0.3 } }, { call_cost: "0.3" }],
  [{ cost: null, costs: [{ type: "vapi", cost: 0.1 }, { cost: 0.2 }, null] }, { call_cost: "0.3" }],
  [{ duration: null, durationMs: 90_000, startedAt: null }, { call_duration_minutes: "1.5" }],
  [{ duration: null, durationSeconds: "90", startedAt: null }, { call_duration_minutes: "1.5" }],
  [{ duration: -1, durationSeconds: 60, startedAt: null }, { call_duration_minutes: "1" }],
  [{ analysis: null, successEvaluation: true }, { call_success_evaluation: "true" }],
  [{ analysis: { successEvaluation: { passed: 3, of: 4 } } }, {
    call_success_evaluation: '{"passed":3,"of":4}',
  }],
  [{ analysis: { successEvaluation: ["polite"] } }, { call_success_evaluation: '["polite"]' }],
  [{ analysis: "", structuredData: { rate: 90 } }, { call_result: { rate: 90 } }],
  [{ recordingUrl: null, recording: { mono: { combinedUrl: "https://a.example/m.wav" } } }, {
    call_recording_url: "https://a.example/m.wav",
  }],
  [{ messages: null, transcript: "", artifact: { transcript: "AI: Hi\nUser: Yes" } }, {
    call_transcript: "AI: Hi\nUser: Yes",
  }],
  [{ messages: null, transcript: ["AI: Hi", "User: Yes"] }, {
    call_transcript: "AI: Hi\nUser: Yes",
  }],
  [
    {
      transcript: null,
      messages: { 0: "x" },
      artifact: {
        messagesOpenAIFormatted: [{ role: "assistant", content: "Hi" }, {
          role: "user",
          content: "Yes",
        }],
      },
    },
    { call_transcript: "AI: Hi\nUser: Yes" },
  ],
  // What the original writes where there is nothing.
  [{ messages: null, transcript: "No transcript" }, { call_transcript: null }],
  [{ analysis: { summary: "No summary", successEvaluation: "Not evaluated" } }, {
    call_summary: null,
    call_success_evaluation: null,
  }],
  // A date of the future would make its call the newest for ever.
  [{ callId: "a-call", createdAt: new Date(Date.now() + 2 * 86_400_000).toISOString() }, {
    called_at: "2026-11-22T10:00:10.000Z",
  }],
];

Deno.test("other forms of a value, and other places, are read", async () => {
  await using webhookStack = await startWebhookStack();
  const { sql, post, newRequest } = webhookStack;
  for (const [fields, columns] of READABLE) {
    const { id, providers: [provider] } = await newRequest();
    const { success } = originalBodies(provider, id);
    const callResult = { ...success.callResult, ...fields };
    const response = await post({ ...success, callResult });
    assert.equal(response.status, 200, JSON.stringify([fields, await response.json()]));
    const [row] = await sql`select * from providers where id = ${provider}`;
    row.called_at = row.called_at?.toISOString() ?? null;
    for (const [column, value] of Object.entries(columns)) {
      assert.deepEqual(row[column], value, JSON.stringify(fields));
    }
  }
});
