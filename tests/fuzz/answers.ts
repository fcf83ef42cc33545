import assert from "node:assert/strict";
import { TOKEN } from "../support/stack.ts";
import { WEBHOOK_TOKEN, type WebhookStack } from "../support/webhook.ts";

const KEPT = ["invalid_json", "invalid_payload", "unknown_provider", "wrong_request", "wrong_call"];
/** The outcomes of deliveries that wrote something. */
export const WRITING = ["applied", "enriched", "superseded"];
const OUTCOMES = [...WRITING, "duplicate", "ignored"];

/** Posts a body to a function, as who may. */
export function send({ stack }: WebhookStack, name: string, body: BodyInit): Promise<Response> {
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
export async function answered(
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
