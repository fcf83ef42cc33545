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

/** Asserts that a body is kept as JSON, with what jsonb cannot hold replaced, or as text where it is none. */
function assertKept(payload: unknown, body: string | Uint8Array) {
  const [text, isUtf8] = typeof body === "string" ? [body, true] : decoded(body);
  // Not by way of a comparison that tells -0 from 0.
  const whole = (value: unknown) => JSON.parse(JSON.stringify(held(value)));
  assert.deepEqual(whole(payload), whole(isUtf8 && isJson(text) ? JSON.parse(text) : text));
}

/** What jsonb holds of a value: no NUL, no half surrogate pair, no number without end, no more than 100 levels. */
function held(value: unknown, level = 1): unknown {
  if (typeof value === "string") return value.toWellFormed().replaceAll("\0", "\uFFFD");
  if (typeof value !== "object" || value === null) return value;
  if (level > 100) return null;
  if (Array.isArray(value)) return value.map((one) => held(one, level + 1));
  const entries = Object.entries(value).map(([key, one]) => [held(key), held(one, level + 1)]);
  return Object.fromEntries(entries);
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
