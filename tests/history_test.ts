import fc from "fast-check";
import assert from "node:assert/strict";
import { assertTheWay, installAudit } from "./history/audit.ts";
import { type Deliver, place, throughFunctions, throughRpc } from "./history/delivery.ts";
import { endingIn, endingOf } from "./history/ending.ts";
import { histories } from "./history/histories.ts";
import type { Report } from "./history/report.ts";
import { holds, scaled } from "./support/property.ts";
import type { TestStack } from "./support/stack.ts";
import { startWebhookStack, WEBHOOK_TOKEN } from "./support/webhook.ts";

/** A history, and how the post treats it: all zeros are no repetition, and the order of events. */
const deliveries = fc.record({
  history: histories,
  luck: fc.array(fc.nat(99), { minLength: 60, maxLength: 60 }),
});

Deno.test("of any history, every order of delivery ends in the rows that the rules ask for", async (test) => {
  await using testStack = await startWebhookStack();
  await installAudit(testStack.sql);

  const rpc = throughRpc(testStack);
  await test.step("through the RPC, one delivery after another", () =>
    holds(deliveries, delivering(testStack, rpc, inTurn), scaled(200)));

  const functions = throughFunctions(testStack, WEBHOOK_TOKEN);
  await test.step("through the functions, one delivery after another", () =>
    holds(deliveries, delivering(testStack, functions, inTurn), scaled(40)));

  await test.step("through the functions, all deliveries at once", () =>
    holds(deliveries, delivering(testStack, functions, atOnce), scaled(40)));
});

/** Delivers a history with its repetitions, and asserts how it ends, and what happened on the way. */
function delivering(testStack: TestStack, deliver: Deliver, post: typeof inTurn) {
  return async ({ history, luck }: typeof deliveries extends fc.Arbitrary<infer T> ? T : never) => {
    const { reports, requests } = await place(testStack, history);
    const outcomes = await post(
      inRandomOrder(reports, luck).map((report) => ({ report, deliver: () => deliver(report) })),
    );
    assert.deepEqual(await endingIn(testStack.sql, requests), endingOf(reports, requests));
    const writing = outcomes.filter((outcome) => outcome !== "duplicate").length;
    await assertTheWay(testStack.sql, requests.map(({ id }) => id), writing);
  };
}

interface Delivery {
  report: Report;
  deliver(): Promise<string>;
}

/** What was delivered before is a duplicate, whatever came between. */
async function inTurn(deliveries: Delivery[]): Promise<string[]> {
  const outcomes: string[] = [];
  const delivered = new Set<Report>();
  for (const { report, deliver } of deliveries) {
    const outcome = await deliver();
    if (delivered.has(report)) assert.equal(outcome, "duplicate", JSON.stringify(report));
    delivered.add(report);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function atOnce(deliveries: Delivery[]): Promise<string[]> {
  return await Promise.all(deliveries.map(({ deliver }) => deliver()));
}

/** Shuffles the reports; every third comes twice, every tenth three times. */
function inRandomOrder<T>(reports: T[], luck: number[]): T[] {
  const draw = (i: number) => luck[i % luck.length];
  return reports
    .flatMap((report, i) => {
      const copies = draw(i) < 60 ? 1 : draw(i) < 90 ? 2 : 3;
      return Array.from({ length: copies }, (_, copy) => ({
        report,
        at: draw(i * 7 + copy * 13 + 1),
      }));
    })
    .sort((a, b) => a.at - b.at)
    .map(({ report }) => report);
}
