import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { untilDataApiAnswers } from "./support/data_api.ts";
import { startTestStack } from "./support/stack.ts";
import { newCustomer, Watching } from "./support/watching.ts";

Deno.test("without Realtime, as in the local stack, every status arrives by polling", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest, stack } = testStack;
  const customer = await newCustomer(testStack);
  const { id, providers } = await newRequest(1);
  await sql`update service_requests set user_id = ${customer.userId} where id = ${id}`;
  const { success } = originalBodies(providers[0], id);
  const save = async (status: string) => {
    const body = { ...success, callResult: { ...success.callResult, status } };
    assert.equal((await post(body)).status, 200);
  };
  await using watching = new Watching(customer, id);

  await test.step("each status once, in order, and the log with it", async () => {
    await watching.until(({ request }) => request?.status === "pending");
    for (const status of ["queued", "in_progress", "completed"]) {
      await save(status);
      await watching.until((watched) => watched.providers[0].call_status === status);
    }
    assert.deepEqual(watching.statusesOf(providers[0]), [
      undefined,
      null,
      "queued",
      "in_progress",
      "completed",
    ]);
    assert.deepEqual(watching.connections, ["connecting", "polling"]);
    assert.match(watching.last!.connectionError!.message, /The local stack has no Realtime/);
    assert.equal(watching.last!.log.length, 3);
  });

  await test.step("a poll that finds nothing new tells nothing, and keeps every row's object", async () => {
    const { fetches } = customer;
    const [{ length }, told] = [fetches, watching.told.length];
    while (fetches.length < length + 3) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(watching.told.length, told);
    const before = watching.last!;
    await sql`update service_requests set title = 'Another' where id = ${id}`;
    const after = await watching.until(({ request }) => request?.title === "Another");
    assert.equal(after.providers[0], before.providers[0]);
    assert.equal(after.log[0], before.log[0]);
  });

  await test.step("while the database is away it says so and tries on, with the rows it has", async () => {
    await stack.postgres.stop("SIGKILL");
    const away = await watching.until(({ error }) => error);
    assert.equal(away.providers[0].call_status, "completed");
    await stack.postgres.start();
    await untilDataApiAnswers(stack);
    const back = await watching.until(({ error }) => !error);
    assert.equal(back.providers[0].call_status, "completed");
  });

  await test.step("of a long log the newest fifty are told, newest first", async () => {
    await sql`
      insert into interaction_logs (request_id, step_name, status, created_at)
      select ${id}, 'Step ' || i, 'info', now() + i * interval '1 second'
      from generate_series(1, 60) i`;
    const { log } = await watching.until(({ log }) => log.length > 3);
    assert.equal(log.length, 50);
    assert.deepEqual([log[0].step_name, log[49].step_name], ["Step 60", "Step 11"]);
  });

  await test.step("a browser that forbids the socket is told of, and polled in", async () => {
    class Forbidden {
      constructor() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      }
    }
    const careful = await newCustomer(testStack, Forbidden as unknown as typeof WebSocket);
    await sql`update service_requests set user_id = ${careful.userId} where id = ${id}`;
    await using watching = new Watching(careful, id);
    const { connectionError } = await watching.until(({ connection, request }) =>
      connection === "polling" && request
    );
    assert(connectionError);
    await sql`update service_requests set user_id = ${customer.userId} where id = ${id}`;
  });

  await test.step("a socket that speaks another protocol is closed, and the stack goes on", async () => {
    for (const message of ["hello", '{"topic": "phoenix", "event": "heartbeat"}']) {
      const socket = new WebSocket(`${stack.url.replace("http", "ws")}/realtime/v1/websocket`);
      socket.onopen = () => socket.send(message);
      const { code } = await new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
      assert.equal(code, 1003);
    }
    assert.equal((await post(success)).status, 200);
  });

  await test.step("another user's session sees nothing of it", async () => {
    await using stranger = new Watching(await newCustomer(testStack), id);
    const { request, ...rows } = await stranger.until(({ request }) => request !== undefined);
    assert.deepEqual([request, rows.providers, rows.log], [null, [], []]);
  });
});
