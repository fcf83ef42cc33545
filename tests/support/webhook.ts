import assert from "node:assert/strict";
import type { Row } from "postgres";
import { IS_RUNNING, runningToken } from "./running_stack.ts";
import { startTestStack, type TestStack } from "./stack.ts";
import type { Placed } from "./vapi_messages.ts";

/** The token that Vapi's messages carry. */
export const WEBHOOK_TOKEN = IS_RUNNING ? runningToken("VAPI_WEBHOOK_TOKEN") : "hook-token";

/** A stack, and Vapi's side of its webhook. */
export interface WebhookStack extends TestStack {
  /** Sends a message as Vapi does. */
  send(body: unknown): Promise<Response>;
  /** Sends a message that must be answered 200, and returns the answer. */
  saved(body: unknown): Promise<Record<string, string>>;
  /** A call to a new provider. */
  place(): Promise<Placed>;
  /** The provider's row of a call. */
  rowOf(placed: Placed): Promise<Row>;
}

/** Starts a stack whose webhook takes {@link WEBHOOK_TOKEN}; `env` are further settings. */
export async function startWebhookStack(env: Record<string, string> = {}): Promise<WebhookStack> {
  const testStack = await startTestStack({ VAPI_WEBHOOK_TOKEN: WEBHOOK_TOKEN, ...env });
  const { sql, postTo, newRequest } = testStack;
  const send = (body: unknown) => postTo("vapi-webhook", body, { "X-Vapi-Secret": WEBHOOK_TOKEN });
  return {
    ...testStack,
    send,
    async saved(body) {
      const response = await send(body);
      const answer = await response.json();
      assert.equal(response.status, 200, JSON.stringify(answer));
      return answer;
    },
    async place() {
      const { id, providers: [providerId] } = await newRequest();
      return { callId: crypto.randomUUID(), providerId, serviceRequestId: id };
    },
    async rowOf({ providerId }) {
      const [row] = await sql`select * from providers where id = ${providerId}`;
      return row;
    },
  };
}
