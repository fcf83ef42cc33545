import assert from "node:assert/strict";
import { place, type PlacedReport, throughFunctions } from "./history/delivery.ts";
import { endingIn, endingOf } from "./history/ending.ts";
import { callId, type Report, saidOf, type Step } from "./history/report.ts";
import { untilDataApiAnswers } from "./support/data_api.ts";
import { scaled } from "./support/property.ts";
import { startWebhookStack, WEBHOOK_TOKEN, type WebhookStack } from "./support/webhook.ts";

const CRASHES = scaled(3);
const SENDERS = 8;

Deno.test("Postgres killed in mid-load, again and again, loses nothing that was answered 200", async (test) => {
  await using testStack = await startWebhookStack();
  const { sql, stack } = testStack;
  const histories = Array.from({ length: CRASHES * 8 }, callsOfThreeProviders);
  const placed = await Promise.all(histories.map((history) => place(testStack, history)));
  const load = new Load(testStack, placed.flatMap(({ reports }) => reports));
  const sending = load.run();
  sending.catch(() => {}); // the last step tells

  for (let crash = 1; crash <= CRASHES; crash++) {
    await test.step(`crash ${crash}: every delivery that was answered 200 is there`, async () => {
      const share = (crash - 0.5) / CRASHES;
      await until(() => load.saved.size > load.size * share);
      assert(load.saved.size < load.size, "nothing was under way any more");
      await stack.postgres.stop("SIGKILL");
      const saved = [...load.saved];
      await stack.postgres.start();
      assert.deepEqual(await missing(testStack, saved), []);
      await untilDataApiAnswers(stack);
    });
  }

  await test.step("every other was answered 503, was sent again, and is saved once", async () => {
    await sending;
    assert(load.refused > 0);
    for (const { reports, requests } of placed) {
      assert.deepEqual(await endingIn(sql, requests), endingOf(reports, requests));
    }
  });
});

/** Sends reports as Kestra and Vapi do, each again and again until it is answered 200. */
class Load {
  readonly size: number;
  readonly saved = new Set<PlacedReport>();
  refused = 0;

  constructor(private readonly testStack: WebhookStack, private readonly waiting: PlacedReport[]) {
    this.size = waiting.length;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: SENDERS }, () => this.#send()));
  }

  async #send() {
    const deliver = throughFunctions(this.testStack, WEBHOOK_TOKEN);
    for (let report = this.waiting.shift(); report; report = this.waiting.shift()) {
      try {
        await deliver(report);
        this.saved.add(report);
      } catch (error) {
        assert.match(String(error), /"status":503,.*"retryable":true/s);
        this.refused++;
        this.waiting.push(report);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** Three calls from queued to completed, told by Kestra and the webhook. */
function callsOfThreeProviders(): Report[] {
  const everything = { created: true, started: true, money: true, analysis: true };
  return [0, 1, 2].flatMap((provider) =>
    (["queued", "in_progress", "ended"] as Step[]).flatMap((step) =>
      (["kestra", "vapi_webhook"] as const).map((source): Report => ({
        request: 0,
        provider,
        source,
        status: step === "ended" ? "completed" : step as "queued",
        callId: callId(0, 0, true),
        said: {
          ...saidOf(source, step, { index: 0, minute: 0 }, {
            ...everything,
            words: true,
            spoken: "both",
          }),
          ...(step === "ended" && { ended_reason: "customer-ended-call" }),
        },
      }))
    )
  );
}

const STEPS = ["queued", "in_progress", "completed"];

/** Of some deliveries those of which nothing is known from their own source, or which the log lacks. */
async function missing({ sql }: WebhookStack, saved: PlacedReport[]): Promise<string[]> {
  const logs = await sql`select call_id || ' ' || call_status as step from interaction_logs`;
  const logged = new Set(logs.map(({ step }) => step));
  const reports = await sql`
    select call_id || ' ' || r.key as of, r.value ->> 'call_status' as status
    from private.calls, jsonb_each(reports) r`;
  const reported = new Map(reports.map(({ of, status }) => [of, STEPS.indexOf(status)]));
  return saved
    .filter(({ callId, source, status }) =>
      !logged.has(`${callId} ${status}`) ||
      !(reported.get(`${callId} ${source}`)! >= STEPS.indexOf(status))
    )
    .map(({ callId, source, status }) => `${callId} ${status} of ${source}`);
}

async function until(isSo: () => boolean): Promise<void> {
  const patience = Date.now() + 60_000;
  while (!isSo()) {
    assert(Date.now() < patience, "the load stands still");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
