import fc from "fast-check";
import assert from "node:assert/strict";
import { mutated, raw } from "./fuzz/bodies.ts";
import { assertTheWay, installAudit } from "./history/audit.ts";
import { assertConsistent } from "./fuzz/consistent.ts";
import { originalBodies } from "./support/call_results.ts";
import { residentMemory } from "./support/memory.ts";
import { holds, scaled } from "./support/property.ts";
import { TOKEN } from "./support/stack.ts";
import { endOfCallReport, statusUpdate } from "./support/vapi_messages.ts";
import { startWebhookStack, WEBHOOK_TOKEN, type WebhookStack } from "./support/webhook.ts";

const AT_ONCE = 8;
const MB = 1024 * 1024;
const KEPT = ["invalid_json", "invalid_payload", "unknown_provider", "wrong_request", "wrong_call"];
const WRITING = ["applied", "enriched", "superseded"];
const OUTCOMES = [...WRITING, "duplicate", "ignored"];

Deno.test("no body, whatever its bytes, harms the functions or leaves half a result", async (test) => {
  await using testStack = await startWebhookStack();
  const { sql, stack, place } = testStack;
  await installAudit(sql);
  const calls = await Promise.all(Array.from({ length: 6 }, place));
  const placed = fc.constantFrom(...calls);
  const valid = {
    "save-call-result": placed.chain(({ callId, providerId, serviceRequestId }) => {
      const { success, timeout, error } = originalBodies(providerId, serviceRequestId);
      success.callResult.callId = timeout.callResult.callId = callId;
      return fc.constantFrom<unknown>(success, timeout, error);
    }),
    "vapi-webhook": placed.chain((placed) =>
      fc.constantFrom<unknown>(
        statusUpdate(placed, "in-progress"),
        statusUpdate(placed, "ended", "customer-busy"),
        endOfCallReport(placed),
      )
    ),
  };
  const startedAs = stack.functionsPid;
  const memory: number[] = [];
  let writing = 0;

  for (const [name, bodies] of Object.entries(valid)) {
    for (
      const [kind, body] of Object.entries<fc.Arbitrary<string | Uint8Array<ArrayBuffer>>>({
        mutated: mutated(bodies),
        raw: raw(bodies),
      })
    ) {
      await test.step(`${name}: ${kind} bodies are answered, and what is refused is kept`, async () => {
        const some = fc.array(body, { minLength: AT_ONCE, maxLength: AT_ONCE });
        await holds(some, async (bodies) => {
          for (
            const outcome of await Promise.all(
              bodies.map((body) => answered(testStack, name, body)),
            )
          ) if (outcome && WRITING.includes(outcome)) writing++;
        }, scaled(kind === "mutated" ? 70 : 40));
        memory.push(await residentMemory(stack.functionsPid));
      });
    }
  }

  await test.step("every result is whole, and nothing was written without a 200 that says so", async () => {
    await assertConsistent(sql);
    await assertTheWay(sql, calls.map(({ serviceRequestId }) => serviceRequestId), writing);
  });

  await test.step("the functions still run, in the same process", () => {
    assert.equal(stack.functionsPid, startedAs);
    assert(!stack.functionLogs.some((line) => line.includes("process ended")));
  });

  await test.step("their memory is bounded", async () => {
    const large = `{"message":"${"x".repeat(MB - 20)}"}`;
    for (let i = 0; i < scaled(100); i++) {
      const responses = await Promise.all(
        Object.keys(valid).map((name) => send(testStack, name, large)),
      );
      for (const response of responses) await response.body?.cancel();
      if (i % 20 === 0) memory.push(await residentMemory(stack.functionsPid));
    }
    const megabytes = memory.map((bytes) => Math.round(bytes / MB));
    const grown = megabytes.at(-1)! - megabytes[3];
    assert(grown < 100, `grew by ${grown} MB over ${scaled(200)} MB of bodies: ${megabytes}`);
  });
});

function send({ stack }: WebhookStack, name: string, body: BodyInit): Promise<Response> {
  return fetch(`${stack.functionsUrl}/${name}`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${name === "vapi-webhook" ? WEBHOOK_TOKEN : TOKEN}`,
      "Content-Type": "application/json",
    },
    body,
  });
}

/** Asserts that a body gets an answer of the contract, and that it is kept if that says so; returns the outcome. */
async function answered(
  testStack: WebhookStack,
  name: string,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<string | undefined> {
  const response = await send(testStack, name, body);
  const answer = await response.json();
  if (response.status === 200) {
    assert(OUTCOMES.includes(answer.outcome), JSON.stringify(answer));
    return answer.outcome;
  }
  assert(response.status >= 400 && response.status < 500, JSON.stringify(answer));
  assert.equal(response.headers.get("Content-Type"), "application/problem+json");
  assert.equal(answer.retryable, false);
  assert.equal("rejectedId" in answer, KEPT.includes(answer.code), answer.code);
  if (!answer.rejectedId) return;
  const [row] = await testStack.sql`
    select code, payload from rejected_call_results where id = ${answer.rejectedId}`;
  assert.equal(row.code, answer.code);
  if (name === "save-call-result") assertKept(row.payload, body);
  else {assert.deepEqual(
      Object.keys(row.payload).sort().join(),
      "message" in row.payload ? "message" : "bytes,sha256",
    );}
}

/** What jsonb cannot hold: NUL, half a surrogate pair, a number without end, nesting without end. */
const UNHOLDABLE = /\\u0000|\\ud[89a-f]|1e400|\[{50}|(\{"a":){50}/i;

/** Asserts that a body is kept as JSON or, where it is none that Postgres can hold, as text. */
function assertKept(payload: unknown, body: string | Uint8Array) {
  const [text, isUtf8] = typeof body === "string" ? [body, true] : decoded(body);
  if (payload === text.replaceAll("\0", "\uFFFD")) {
    const isHoldable = isUtf8 && isJson(text) && !UNHOLDABLE.test(text);
    assert(!isHoldable, `kept as text: ${text.slice(0, 500)}`);
  } else {
    // Not by way of a comparison that tells -0 from 0.
    assert.deepEqual(payload, JSON.parse(JSON.stringify(JSON.parse(text))));
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function decoded(body: Uint8Array): [text: string, isUtf8: boolean] {
  try {
    return [new TextDecoder("utf-8", { fatal: true }).decode(body), true];
  } catch {
    return [new TextDecoder("latin1").decode(body), false];
  }
}
