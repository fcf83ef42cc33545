import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { startTestStack } from "./support/stack.ts";

type Event = Record<string, unknown>;

const turns = (text: string) => [{ speaker: "AI", text }];

const run = crypto.randomUUID();
const [CALL_1, CALL_2] = [`call-1-${run}`, `call-2-${run}`];

const first = { call_id: CALL_1, created_at: "2026-11-22T10:00:00Z" };
const second = { call_id: CALL_2, created_at: "2026-11-22T11:00:00Z" };

interface Story {
  events: Event[];
  /** What the provider's row must hold in the end, among the rest. */
  ending: Record<string, unknown>;
  /** The details of the log, by status. */
  details?: Record<string, string>;
}

const stories: Record<string, Story> = {
  "one call, reported by Kestra, the webhook and the API": {
    events: [
      { source: "kestra", call_status: "queued", ...first },
      {
        source: "kestra",
        call_status: "completed",
        call_id: CALL_1,
        cost: 0.1,
        error: "from K",
        turns: turns("K"),
        message: "K",
      },
      { source: "vapi_webhook", call_status: "voicemail", call_id: CALL_1, cost: 0.2 },
      {
        source: "vapi_webhook",
        call_status: "voicemail",
        call_id: CALL_1,
        transcript: "AI: W",
        turns: turns("W"),
      },
      {
        source: "vapi_api",
        call_status: "voicemail",
        call_id: CALL_1,
        cost: 0.3,
        turns: turns("A"),
      },
    ],
    ending: {
      call_status: "voicemail",
      call_cost: 0.3,
      call_error: "from K",
      call_transcript: "AI: W",
      call_method: "kestra",
      called_at: "2026-11-22T10:00:00+00:00",
    },
  },
  "a watcher that gave up, and an analysis that came late": {
    events: [
      {
        source: "kestra",
        call_status: "in_progress",
        call_id: CALL_1,
        started_at: first.created_at,
      },
      { source: "kestra", call_status: "timeout", call_id: CALL_1 },
      { source: "kestra", call_status: "error", call_id: CALL_1, error: "lost sight of it" },
      { source: "vapi_webhook", call_status: "completed", call_id: CALL_1, cost: 0.2 },
      { source: "vapi_webhook", call_status: "completed", call_id: CALL_1, summary: "Late" },
    ],
    ending: {
      call_status: "completed",
      call_cost: 0.2,
      call_error: null,
      call_summary: "Late",
      call_method: "kestra",
      called_at: "2026-11-22T10:00:00+00:00",
    },
  },
  "a redial": {
    events: [
      { source: "kestra", call_status: "error", error: "refused" },
      {
        source: "kestra",
        call_status: "no_answer",
        ...first,
        ended_reason: "customer-did-not-answer",
      },
      { source: "kestra", call_status: "queued", ...second },
      { source: "vapi_webhook", call_status: "completed", ...second, summary: "Free on Friday" },
      { source: "vapi_api", call_status: "no_answer", ...first, cost: 0.01 },
    ],
    ending: {
      call_status: "completed",
      call_id: CALL_2,
      call_cost: null,
      call_error: null,
      call_ended_reason: null,
      call_summary: "Free on Friday",
      called_at: "2026-11-22T11:00:00+00:00",
    },
  },
  "steps before the ending, of which one source has more to say": {
    events: [
      { source: "kestra", call_status: "in_progress", call_id: CALL_1, message: "Answered." },
      {
        source: "vapi_webhook",
        call_status: "in_progress",
        call_id: CALL_1,
        turns: turns("Hello"),
      },
      { source: "kestra", call_status: "error", call_id: CALL_1, error: "lost sight of it" },
      { source: "vapi_api", call_status: "error", call_id: CALL_1, error: "gave up" },
      { source: "vapi_api", call_status: "voicemail", call_id: CALL_1 },
    ],
    ending: { call_status: "voicemail", call_error: null },
    details: { in_progress: "Answered.", error: "lost sight of it" },
  },
  "two attempts before there is a call": {
    events: [
      { source: "kestra", call_status: "queued", idempotency_key: "1" },
      { source: "kestra", call_status: "queued", created_at: first.created_at },
      { source: "kestra", call_status: "error", error: "refused" },
    ],
    ending: {
      call_status: "error",
      call_error: "refused",
      called_at: "2026-11-22T10:00:00+00:00",
    },
  },
};

Deno.test("the order in which events arrive does not matter", async (test) => {
  await using testStack = await startTestStack();
  const { sql, newRequest } = testStack;
  const { id, providers: [provider] } = await newRequest(2);

  for (const [name, { events, ending, details = {} }] of Object.entries(stories)) {
    await test.step(`${name}: every order ends in the same rows`, async () => {
      const endings = new Set<string>();
      for (const order of permutations(events)) {
        endings.add(await endingOf(sql, id, provider, [...order, order[0]]));
      }
      assert.equal(endings.size, 1, [...endings].slice(0, 2).join("\n"));
      const { provider: row, logs } = JSON.parse([...endings][0]);
      assert.deepEqual({ ...row, ...ending }, row);
      for (const [status, detail] of Object.entries(details)) {
        const log = logs.find((log: Event) => log.call_status === status);
        assert.equal(log.detail, detail);
      }
    });
  }
});

/** Delivers the events in a transaction that is rolled back, and returns what they left. */
async function endingOf(sql: Sql, request: string, provider: string, events: Event[]) {
  let ending = "";
  const rollback = new Error("rollback");
  await sql.begin(async (sql) => {
    for (const event of events) {
      await sql.unsafe(
        `select save_call_result('${provider}', '${request}', ${
          Object.keys(event).map((name, i) => `${name} => $${i + 1}`).join(", ")
        })`,
        Object.values(event) as string[],
      );
    }
    const [row] = await sql`
      select
        (select to_jsonb(p) - '{updated_at,created_at}'::text[] from providers p where id = ${provider}) as provider,
        (select status from service_requests where id = ${request}) as request,
        (select jsonb_agg(to_jsonb(l) - '{id,created_at,updated_at,source}'::text[] order by call_id, call_status, idempotency_key)
          from interaction_logs l where provider_id = ${provider}) as logs`;
    ending = JSON.stringify(row);
    throw rollback;
  }).catch((error) => {
    if (error !== rollback) throw error;
  });
  return ending;
}

function* permutations<T>(items: T[]): Generator<T[]> {
  if (items.length <= 1) yield items;
  for (const [i, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(i, 1))) yield [item, ...rest];
  }
}
