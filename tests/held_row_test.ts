import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { areWaiting } from "./support/crowd.ts";
import { startTestStack } from "./support/stack.ts";

const WAITERS = 25;

Deno.test("a row that somebody forgot to let go of holds up nobody else", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest } = testStack;
  const held = await newRequest();
  const others = await Promise.all(Array.from({ length: 5 }, () => newRequest()));
  const bodyOf = ({ id, providers }: typeof held) => originalBodies(providers[0], id).success;

  const rows: Record<string, (session: typeof sql) => Promise<unknown>> = {
    "a provider's": (session) =>
      session`update providers set name = name where id = ${held.providers[0]}`,
    "a request's": (session) =>
      session`update service_requests set title = title where id = ${held.id}`,
  };
  for (const [whose, hold] of Object.entries(rows)) {
    await test.step(`while ${whose} row is held, its saves are answered 503, and all others 200`, async () => {
      await sql.begin(async (session) => {
        await hold(session as unknown as typeof sql);
        const waiting = Array.from({ length: WAITERS }, () => post(bodyOf(held)));
        await areWaiting(session, 10); // all connections of the Data API
        for (const response of await Promise.all(others.map((other) => post(bodyOf(other))))) {
          assert.equal(response.status, 200, await response.text());
        }
        for (const response of await Promise.all(waiting)) {
          const problem = await response.json();
          assert.equal(response.status, 503, JSON.stringify(problem));
          assert.equal(problem.code, "unavailable");
          assert(Number(response.headers.get("Retry-After")) > 0);
        }
      });
    });
  }

  await test.step("and let go of, it takes the result that is sent again, once", async () => {
    assert.equal((await (await post(bodyOf(held))).json()).outcome, "applied");
    const logs = await sql`select from interaction_logs where request_id = ${held.id}`;
    assert.equal(logs.length, 1);
    const kept = await sql`select from rejected_call_results`;
    assert.equal(kept.length, 0);
  });
});
