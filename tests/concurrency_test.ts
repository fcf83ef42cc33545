import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { originalBodies } from "./support/call_results.ts";
import { areWaiting } from "./support/crowd.ts";
import { startTestStack } from "./support/stack.ts";

Deno.test("deliveries at the same moment end as if they came one after another", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest } = testStack;

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
      await areWaiting(first, 1);
    });
    await second;
    const [request] = await sql`select status from service_requests where id = ${id}`;
    assert.equal(request.status, "completed");
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
    const callId = crypto.randomUUID();
    const claims = await Promise.all(Array.from({ length: 8 }, () => newRequest()));
    const responses = await Promise.all(claims.map(({ id, providers: [provider] }) => {
      const { success } = originalBodies(provider, id);
      success.callResult.callId = callId;
      return post(success);
    }));
    const statuses = responses.map((response) => response.status).sort();
    await Promise.all(responses.map((response) => response.body?.cancel()));
    assert.deepEqual(statuses, [200, ...Array(7).fill(409)]);
    const owners = await sql`select id from providers where call_id = ${callId}`;
    assert.equal(owners.length, 1);
  });
});
