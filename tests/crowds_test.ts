import assert from "node:assert/strict";
import { place, throughFunctions, throughRpc } from "./history/delivery.ts";
import { endingIn, endingOf } from "./history/ending.ts";
import { callId, type Mask, type Report, saidOf } from "./history/report.ts";
import { assertNoDeadlock, atTheDoor, inSessions } from "./support/crowd.ts";
import { startWebhookStack, WEBHOOK_TOKEN } from "./support/webhook.ts";

const EVERYTHING: Mask = {
  created: true,
  started: true,
  money: true,
  analysis: true,
  words: true,
  spoken: "both",
};

/** All that a source says of an ending. */
function ended(source: Report["source"], provider: number, call = 0): Report {
  const minute = call * 10;
  return {
    request: 0,
    provider,
    source,
    status: "completed",
    callId: callId(minute, call, true),
    said: {
      ...saidOf(source, "ended", { index: call, minute }, EVERYTHING),
      ended_reason: "customer-ended-call",
    },
  };
}

Deno.test("a crowd ends in the same rows as a queue", async (test) => {
  await using testStack = await startWebhookStack();
  const { sql } = testStack;
  const deliver = throughFunctions(testStack, WEBHOOK_TOKEN);

  await test.step("fifty copies of one delivery, in fifty sessions let go at once, are saved once", async () => {
    const { reports: [report], requests } = await place(testStack, [ended("kestra", 0)]);
    const outcomes = await inSessions(
      testStack,
      50,
      (session) => throughRpc({ sql: session })(report),
    );
    assert.deepEqual(outcomes.sort(), ["applied", ...Array(49).fill("duplicate")]);
    assert.deepEqual(await endingIn(sql, requests), endingOf([report], requests));
  });

  await test.step("fifty copies of one delivery, by HTTP, are saved once", async () => {
    const { reports: [report], requests } = await place(testStack, [ended("kestra", 0)]);
    const outcomes = await atTheDoor(
      testStack,
      requests[0].id,
      () => Promise.all(Array.from({ length: 50 }, () => deliver(report))),
    );
    assert.deepEqual(outcomes.sort(), ["applied", ...Array(49).fill("duplicate")]);
    assert.deepEqual(await endingIn(sql, requests), endingOf([report], requests));
  });

  for (const way of ["by HTTP", "in forty sessions"]) {
    await test.step(`twenty providers of one request finish at once, each told by Kestra and the webhook, ${way}`, async () => {
      for (let round = 0; round < 5; round++) {
        const providers = Array.from({ length: 20 }, (_, i) => i);
        const open = providers.map((i): Report => ({
          ...ended("kestra", i),
          status: "in_progress",
          said: {},
        }));
        const endings = providers.flatMap((i) => [ended("kestra", i), ended("vapi_webhook", i)]);
        const { reports, requests } = await place(testStack, [...open, ...endings]);
        for (const report of reports.slice(0, 20)) await throughRpc(testStack)(report);
        const last = reports.slice(20);
        const outcomes = way === "by HTTP"
          ? await atTheDoor(testStack, requests[0].id, () => Promise.all(last.map(deliver)))
          : await inSessions(
            testStack,
            last.length,
            (session, i) => throughRpc({ sql: session })(last[i]),
          );
        assert.equal(outcomes.filter((outcome) => outcome === "applied").length, 20);
        assert.deepEqual(await endingIn(sql, requests), endingOf(reports, requests));
      }
    });
  }

  await test.step("a redial races the late result of the call before it", async () => {
    for (let i = 0; i < 10; i++) {
      const late = ended("vapi_webhook", 0, 0);
      const redial = (status: "queued" | "in_progress"): Report => ({
        ...ended("kestra", 0, 1),
        status,
        said: saidOf("kestra", status, { index: 1, minute: 10 }, EVERYTHING),
      });
      const { reports, requests } = await place(testStack, [
        { ...redial("queued"), callId: callId(0, 0, true), said: {} },
        late,
        redial("queued"),
        redial("in_progress"),
        late,
      ]);
      await inSessions(
        testStack,
        reports.length,
        (session, index) => throughRpc({ sql: session })(reports[index]),
      );
      assert.deepEqual(await endingIn(sql, requests), endingOf(reports, requests));
    }
  });

  await test.step("calls of many requests, and providers renamed meanwhile, get past each other", async () => {
    const history = Array.from({ length: 24 }, (_, i): Report => ({
      ...ended(i % 2 ? "kestra" : "vapi_webhook", i % 6),
      request: i % 4 < 2 ? 0 : 1,
    }));
    const { reports, requests } = await place(testStack, history);
    const renaming = requests.flatMap(({ providers }) => providers).map((id) => () =>
      sql`update providers set name = name || ' & Sons' where id = ${id}`
    );
    await Promise.all([...reports.map(deliver), ...renaming.map((rename) => rename())]);
    assert.deepEqual(await endingIn(sql, requests), endingOf(reports, requests));
  });

  await test.step("and Postgres saw no deadlock", () => assertNoDeadlock(testStack));
});
