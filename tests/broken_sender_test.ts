import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { connect, head } from "./support/connection.ts";
import { TOKEN } from "./support/stack.ts";
import { endOfCallReport } from "./support/vapi_messages.ts";
import { startWebhookStack, WEBHOOK_TOKEN } from "./support/webhook.ts";

Deno.test("senders that are slow, or go away, neither harm the functions nor leave half a result", async (test) => {
  await using testStack = await startWebhookStack();
  const { sql, stack, newRequest } = testStack;

  /** The two functions, each with a body of a call to a new provider. */
  async function deliveries() {
    return await Promise.all(["save-call-result", "vapi-webhook"].map(async (name) => {
      const { id, providers: [provider] } = await newRequest();
      const placed = { callId: provider, providerId: provider, serviceRequestId: id };
      const { success } = originalBodies(provider, id);
      success.callResult.callId = provider;
      const isWebhook = name === "vapi-webhook";
      return {
        name,
        provider,
        token: isWebhook ? WEBHOOK_TOKEN : TOKEN,
        body: JSON.stringify(isWebhook ? endOfCallReport(placed) : success),
      };
    }));
  }

  async function logsOf(provider: string) {
    return await sql`select call_status from interaction_logs where provider_id = ${provider}`;
  }

  for (const { name, token, body, provider } of await deliveries()) {
    await test.step(`${name} takes a body byte by byte`, async () => {
      const bytes = new TextEncoder().encode(body);
      using connection = await connect(stack.functionsUrl);
      await connection.write(head(name, token, bytes.length));
      for (const byte of bytes) await connection.write(Uint8Array.of(byte));
      assert.match(await connection.answer(), /^HTTP\/1.1 200 /);
      assert.equal((await logsOf(provider)).length, 1);
    });

    await test.step(`${name} takes a body in chunks of a byte`, async () => {
      const bytes = new TextEncoder().encode(body);
      using connection = await connect(stack.functionsUrl);
      await connection.write(head(name, token));
      for (const byte of bytes) {
        await connection.write(new Uint8Array([0x31, 13, 10, byte, 13, 10]));
      }
      await connection.write("0\r\n\r\n");
      assert.match(await connection.answer(), /^HTTP\/1.1 200 .*"outcome":"duplicate"/s);
    });
  }

  for (const { name, token, body, provider } of await deliveries()) {
    await test.step(`${name} saves and keeps nothing of a sender that hangs up in mid-body`, async () => {
      const bytes = new TextEncoder().encode(body);
      const before = await counted("rejected_call_results");
      for (const share of [0, 0.01, 0.5, 0.99]) {
        const connection = await connect(stack.functionsUrl);
        await connection.write(head(name, token, bytes.length));
        await connection.write(bytes.slice(0, Math.floor(bytes.length * share)));
        connection[Symbol.dispose]();
      }
      await logged(name, 4, '"reason":"the body broke off"');
      assert.deepEqual([...await logsOf(provider)], []);
      assert.equal(await counted("rejected_call_results"), before);
    });

    await test.step(`${name} saves once what a sender sends again who did not wait for the answer`, async () => {
      for (let i = 0; i < 3; i++) {
        const connection = await connect(stack.functionsUrl);
        await connection.write(head(name, token, new TextEncoder().encode(body).length));
        await connection.write(body);
        connection[Symbol.dispose]();
      }
      const answer = await fetch(`${stack.functionsUrl}/${name}`, {
        method: "POST",
        headers: { "Authorization": `Bearer ${token}`, "Content-Type": "application/json" },
        body,
      });
      assert.equal(answer.status, 200);
      await answer.body?.cancel();
      assert.equal((await logsOf(provider)).length, 1);
    });
  }

  for (
    const [name, token, limit] of [["save-call-result", TOKEN, 1], [
      "vapi-webhook",
      WEBHOOK_TOKEN,
      4,
    ]] as const
  ) {
    await test.step(`${name} reads a body somewhat too large to its end, so that the sender sees its 413`, async () => {
      const slice = new Uint8Array(64 * 1024).fill(32);
      const slices = limit * 16 + 8;
      using connection = await connect(stack.functionsUrl);
      await connection.write(head(name, token, slices * slice.length));
      for (let i = 0; i < slices; i++) {
        await connection.write(slice);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      assert.match(await connection.answer(), /^HTTP\/1.1 413 /);
    });
  }

  await test.step("a body without end is answered before it is read whole", async () => {
    using connection = await connect(stack.functionsUrl);
    const chunk = new TextEncoder().encode(`10000\r\n${" ".repeat(64 * 1024)}\r\n`);
    await connection.write(head("save-call-result", TOKEN));
    let [isAnswered, sent] = [false, 0];
    const answered = connection.answer().finally(() => isAnswered = true);
    try {
      for (; !isAnswered; sent += chunk.length) await connection.write(chunk);
    } catch { /* who has answered need not listen */ }
    assert.match(await answered, /^HTTP\/1.1 413 /);
    assert(sent < 256 * 1024 * 1024);
  });

  await test.step("503 unavailable for a body that breaks off, so that it is sent again", async () => {
    const { body } = (await deliveries())[0];
    using connection = await connect(stack.functionsUrl);
    const { length } = new TextEncoder().encode(body);
    await connection.write(head("save-call-result", TOKEN, length + 100) + body);
    await connection.end();
    const answer = await connection.answer();
    assert.match(answer, /^HTTP\/1.1 503 /);
    assert.match(answer, /retry-after: 1/i);
    assert.match(answer, /"retryable":true/);
  });

  async function counted(table: string): Promise<number> {
    const [{ count }] = await sql`select count(*)::int from ${sql(table)}`;
    return count;
  }

  /** Waits for as many of a function's log lines with a text in them. */
  async function logged(name: string, count: number, text: string) {
    const lines = () =>
      stack.functionLogs.filter((line) => line.includes(`"${name}"`) && line.includes(text)).length;
    for (let i = 0; i < 200 && lines() < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(lines(), count);
  }
});
