import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { connect, head } from "./support/connection.ts";
import { TOKEN } from "./support/stack.ts";
import { startWebhookStack, WEBHOOK_TOKEN } from "./support/webhook.ts";

const MIB = 1024 * 1024;
const IGNORED = JSON.stringify({ message: { type: "hang" } });
const seconds = () => Math.floor(Date.now() / 1000);

/** A signature that nobody made with the secret. */
const forged = () => ({ "X-Signature": "0".repeat(64), "X-Timestamp": `${seconds()}` });

function signed(body: string) {
  const timestamp = `${seconds()}`;
  const hmac = createHmac("sha256", "hmac-secret").update(`${timestamp}.${body}`);
  return { "X-Timestamp": timestamp, "X-Signature": hmac.digest("hex") };
}

/** The answer, or a failure in place of a wait without end. */
async function soon(answer: Promise<string>): Promise<string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in half a minute")), 30_000);
  });
  return await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

Deno.test("who has no token makes no work, and who has one cannot hold everybody up", async (test) => {
  await using testStack = await startWebhookStack();
  const { stack, postTo } = testStack;
  const doors = { "save-call-result": TOKEN, "vapi-webhook": WEBHOOK_TOKEN };

  for (const [name, token] of Object.entries(doors)) {
    await test.step(`${name} answers a stranger without waiting for the body`, async () => {
      const strangers: Record<string, string>[] = [{}, { Authorization: "Bearer wrong" }];
      for (const headers of strangers) {
        for (const length of [1, MIB, undefined]) {
          using connection = await connect(stack.functionsUrl);
          await connection.write(head(name, headers, length));
          assert.match(await soon(connection.answer()), /^HTTP\/1.1 401 /);
        }
      }
    });

    await test.step(`${name} tells a stranger who sends a whole body so`, async () => {
      for (const size of [50_000, MIB]) {
        for (let i = 0; i < 20; i++) {
          const response = await postTo(name, " ".repeat(size), { Authorization: "Bearer wrong" });
          assert.equal(response.status, 401);
          await response.body?.cancel();
        }
      }
    });

    await test.step(`${name} answers 503 to who takes too long with the body`, async () => {
      using idle = await connect(stack.functionsUrl);
      using dripping = await connect(stack.functionsUrl);
      await idle.write(head(name, token, 100));
      await dripping.write(head(name, token, MIB));
      const drip = setInterval(() => dripping.write(" ").catch(() => {}), 100);
      try {
        for (const answer of await Promise.all([soon(idle.answer()), soon(dripping.answer())])) {
          assert.match(answer, /^HTTP\/1.1 503 .*retry-after: \d.*"code":"unavailable"/is);
        }
      } finally {
        clearInterval(drip);
      }
      assert(stack.functionLogs.some((line) => line.includes("the body took too long")));
    });
  }

  await test.step("of bodies whose last byte is held back, so many are held and no more", async () => {
    await assertBounded(() => ({ "X-Vapi-Secret": WEBHOOK_TOKEN }));
    assert.equal((await postTo("vapi-webhook", IGNORED, signed(IGNORED))).status, 401);
  });

  await test.step("with an HMAC secret, headers that are missing or old are seen before the body", async () => {
    await stack.restartFunctions({ VAPI_WEBHOOK_HMAC_SECRET: "hmac-secret" });
    const strangers: Record<string, string>[] = [
      {},
      { "X-Vapi-Secret": WEBHOOK_TOKEN },
      { ...forged(), "X-Signature": "zz" },
      { "X-Signature": forged()["X-Signature"] },
      { ...forged(), "X-Timestamp": `${seconds() - 301}` },
      { ...forged(), "X-Timestamp": `${seconds() + 330}` },
    ];
    for (const headers of strangers) {
      using connection = await connect(stack.functionsUrl);
      await connection.write(head("vapi-webhook", headers, 100));
      assert.match(await soon(connection.answer()), /^HTTP\/1.1 401 /);
    }
  });

  await test.step("and of who forges them, so much is held and no more", async () => {
    await assertBounded(forged);
    assert.equal((await postTo("vapi-webhook", IGNORED, signed(IGNORED))).status, 200);
  });

  /** Sends bodies of 4 MiB but for a byte: some are refused at once, to be sent again; then all is well. */
  async function assertBounded(headers: () => Record<string, string>) {
    const connections = await Promise.all(
      Array.from({ length: 24 }, () => connect(stack.functionsUrl)),
    );
    try {
      const answers = connections.map(async (connection) => {
        await connection.write(head("vapi-webhook", headers(), 4 * MIB));
        // Who was answered need not listen.
        await connection.write(new Uint8Array(4 * MIB - 1).fill(32)).catch(() => {});
        return await soon(connection.answer()).catch(() => "");
      });
      assert.match(await Promise.any(answers.map(refusedForWant)), /"retryable":true/);
    } finally {
      for (const connection of connections) connection[Symbol.dispose]();
    }
    await untilBrokenOff();
  }

  async function refusedForWant(answer: Promise<string>): Promise<string> {
    const text = await answer;
    assert.match(text, /^HTTP\/1.1 503 .*Too much is being sent at once/s);
    return text;
  }

  /** Waits until a delivery of the largest size finds room again. */
  async function untilBrokenOff() {
    for (let i = 0; i < 200; i++) {
      const body = IGNORED + " ".repeat(4 * MIB - IGNORED.length);
      const response = await postTo("vapi-webhook", body, {
        "X-Vapi-Secret": WEBHOOK_TOKEN,
        ...signed(body),
      });
      await response.body?.cancel();
      if (response.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail("there is no room for a body any more");
  }
});
