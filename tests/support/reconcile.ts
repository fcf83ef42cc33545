import assert from "node:assert/strict";
import type { Row } from "postgres";
import { answered, type CallScript, type FakeVapi, startFakeVapi } from "../fake_vapi/mod.ts";
import { startTestStack, type TestStack } from "./stack.ts";

/** A minute, in milliseconds. */
export const MINUTE = 60_000;

/** A call at the fake Vapi, and whose it is. */
export interface PlacedCall {
  callId: string;
  createdAt: string;
  providerId: string;
  serviceRequestId: string;
}

/** A stack whose reconciler asks a fake Vapi. */
export interface ReconcileStack extends TestStack {
  vapi: FakeVapi;
  /** Has Vapi call a provider, a new one unless it is named; nothing is saved of it. */
  place(
    script?: Partial<CallScript>,
    provider?: Pick<PlacedCall, "providerId" | "serviceRequestId">,
  ): Promise<PlacedCall>;
  /** Saves what Kestra reports of a call. */
  report(call: PlacedCall, status: string, more?: Record<string, unknown>): Promise<void>;
  /** Lets time pass for everything that waits. */
  later(minutes: number): Promise<void>;
  /** One run, which must be answered 200; returns its summary. */
  reconcile(): Promise<Record<string, number>>;
  rowOf(call: PlacedCall): Promise<Row>;
}

const TOKEN = "reconcile-token";

/** Starts a stack with `env` over what the reconciler needs. */
export async function startReconcileStack(
  env: Record<string, string> = {},
): Promise<ReconcileStack> {
  const scripts = new Map<string, CallScript>();
  const vapi = startFakeVapi({ script: ({ customer }) => scripts.get(customer!.externalId!)! });
  const testStack = await startTestStack({
    RECONCILE_TOKEN: TOKEN,
    VAPI_API_KEY: vapi.token,
    VAPI_BASE_URL: vapi.url,
    ...env,
  });
  const { sql, post, postTo, newRequest } = testStack;
  return {
    ...testStack,
    vapi,
    async place(script, provider) {
      const { id, providers } = provider
        ? { id: provider.serviceRequestId, providers: [provider.providerId] }
        : await newRequest();
      const [providerId] = providers;
      scripts.set(providerId, answered(script));
      const response = await fetch(`${vapi.url}/call`, {
        method: "POST",
        headers: { Authorization: `Bearer ${vapi.token}` },
        body: JSON.stringify({
          phoneNumberId: "9c0bc080-2879-43ca-a7a2-59990d345120",
          customer: { number: "+15550100001", externalId: providerId },
          assistant: { metadata: { providerId, serviceRequestId: id, kestraExecutionId: "run" } },
        }),
      });
      const call = await response.json();
      assert.equal(response.status, 201, JSON.stringify(call));
      return { callId: call.id, createdAt: call.createdAt, providerId, serviceRequestId: id };
    },
    async report({ callId, createdAt, providerId, serviceRequestId }, status, more) {
      const response = await post({
        providerId,
        serviceRequestId,
        callResult: { status, callId, createdAt, ...more },
      });
      assert.equal(response.status, 200, await response.text());
    },
    async later(minutes) {
      await sql.begin(async (sql) => {
        const passed = sql`make_interval(mins => ${minutes})`;
        // It is nobody's correction.
        await sql`set local session_replication_role = replica`;
        await sql`update private.calls set
          next_check_at = next_check_at - ${passed}, first_seen_at = first_seen_at - ${passed},
          scheduled_at = scheduled_at - ${passed}, kestra_reported_at = kestra_reported_at - ${passed},
          vapi_webhook_reported_at = vapi_webhook_reported_at - ${passed},
          vapi_api_reported_at = vapi_api_reported_at - ${passed}`;
        await sql`update rejected_call_results set next_attempt_at = next_attempt_at - ${passed}`;
        await sql`update private.discovery set next_at = next_at - ${passed}`;
      });
    },
    async reconcile() {
      const response = await postTo("reconcile-calls", "", { Authorization: `Bearer ${TOKEN}` });
      const summary = await response.json();
      assert.equal(response.status, 200, JSON.stringify(summary));
      return summary;
    },
    async rowOf({ providerId }) {
      const [row] = await sql`select * from providers where id = ${providerId}`;
      return row;
    },
    async [Symbol.asyncDispose]() {
      await testStack[Symbol.asyncDispose]();
      await vapi.stop();
    },
  };
}

/** A summary with these counts, and 0 for every other. */
export function summary(counts: Record<string, number>) {
  return {
    checked: 0,
    recovered: 0,
    stillOpen: 0,
    gaveUp: 0,
    discovered: 0,
    replayed: 0,
    rejectedOpen: 0,
    ...counts,
  };
}
