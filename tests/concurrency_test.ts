import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { originalBodies } from "./support/call_results.ts";
import { startTestStack } from "./support/stack.ts";

Deno.test("deliveries at the same moment end as if they came one after another", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest } = testStack;

  await test.step("ten providers of one request finish together", async () => {
    const { id, providers } = await newRequest(10);
    const responses = await Promise.all(providers.map((provider, i) => {
      const { success } = originalBodies(provider, id);
      success.callResult.callId = `together-${i}`;
      return post(success);
    }));
    const answers = await Promise.all(responses.map((response) => response.json()));
    assert.deepEqual(responses.map((response) => response.status), Array(10).fill(200));
    assert.deepEqual(answers.map((answer) => answer.outcome), Array(10).fill("applied"));
    const [request] = await sql`select status from service_requests where id = ${id}`;
    assert.equal(request.status, "completed");
    const [{ count }] = await sql`
      select count(*)::int from interaction_logs where request_id = ${id}`;
    assert.equal(count, 10);
  });

  await test.step("of two transactions that overlap, the second waits and sees what the first wrote", async () => {
    const { id, providers } = await newRequest(2);
    const save = async (session: Pick<Sql, "unsafe">, provider: string, status: string) =>
      await session.unsafe(
        "select (save_call_result($1, $2, 'kestra', $3, $4)).request_status as status",
        [provider, id, status, `overlap-${provider}`],
      );
    for (const provider of providers) await save(sql, provider, "queued");

    let second: Promise<unknown> = Promise.resolve();
    await sql.begin(async (first) => {
      await save(first, providers[0], "completed");
      second = save(sql, providers[1], "no_answer");
      await isWaitingForALock(first);
    });
    await second;
    const [request] = await sql`select status from service_requests where id = ${id}`;
    assert.equal(request.status, "completed");
  });

  await test.step("fifty copies of one delivery make one log row", async () => {
    const { id, providers: [provider] } = await newRequest();
    const { success } = originalBodies(provider, id);
    success.callResult.callId = "fifty";
    const responses = await Promise.all(Array.from({ length: 50 }, () => post(success)));
    const outcomes = await Promise.all(responses.map(async (each) => (await each.json()).outcome));
    assert.deepEqual(outcomes.sort(), ["applied", ...Array(49).fill("duplicate")]);
    const logs = await sql`select id from interaction_logs where request_id = ${id}`;
    assert.equal(logs.length, 1);
  });

  await test.step("fifty copies of one rejected delivery make one row", async () => {
    const { success } = originalBodies(crypto.randomUUID(), crypto.randomUUID());
    const responses = await Promise.all(Array.from({ length: 50 }, () => post(success)));
    const ids = await Promise.all(responses.map(async (each) => (await each.json()).rejectedId));
    assert.equal(new Set(ids).size, 1);
    const [row] = await sql`select attempts from rejected_call_results where id = ${ids[0]}`;
    assert.equal(row.attempts, 50);
  });

  await test.step("a call that two providers claim at once belongs to one of them", async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => newRequest()));
    const responses = await Promise.all(claims.map(({ id, providers: [provider] }) => {
      const { success } = originalBodies(provider, id);
      success.callResult.callId = "claimed";
      return post(success);
    }));
    const statuses = responses.map((response) => response.status).sort();
    await Promise.all(responses.map((response) => response.body?.cancel()));
    assert.deepEqual(statuses, [200, ...Array(7).fill(409)]);
    const owners = await sql`select id from providers where call_id = 'claimed'`;
    assert.equal(owners.length, 1);
  });
});

/** Waits until another session waits for a lock. */
async function isWaitingForALock(session: Pick<Sql, "unsafe">): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const waiting = await session.unsafe(
      "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%save_call_result%'",
    );
    if (waiting.length > 0) return;
    await session.unsafe("select pg_sleep(0.02), pg_stat_clear_snapshot()");
  }
  assert.fail("no session waits for a lock");
}
