import assert from "node:assert/strict";
import type { CallReport } from "../../supabase/functions/_shared/report.ts";
import type { Sql } from "postgres";
import type { TestStack } from "../support/stack.ts";
import type { Report } from "./report.ts";

/** Delivers a report to rows that are there, and returns the outcome. */
export type Deliver = (report: PlacedReport) => Promise<string>;

/** A report of rows and calls that are there. */
export interface PlacedReport extends Report {
  requestId: string;
  providerId: string;
}

/** Creates the rows of a history, and ties its reports to them. */
export async function place(
  { newRequest }: TestStack,
  history: Report[],
): Promise<{ reports: PlacedReport[]; requests: { id: string; providers: string[] }[] }> {
  const requests = await Promise.all(
    [0, 1].map((request) => {
      const own = history.filter((report) => report.request === request);
      return newRequest(1 + Math.max(0, ...own.map(({ provider }) => provider)));
    }),
  );
  const reports = history.map((report): PlacedReport => {
    const { id, providers } = requests[report.request];
    const providerId = providers[report.provider];
    const callId = report.callId?.replace("{provider}", providerId.slice(-11));
    return { ...report, requestId: id, providerId, callId };
  });
  return { reports, requests };
}

/** Straight to the RPC, in a session of Postgres. */
export function throughRpc({ sql }: { sql: Pick<Sql, "unsafe"> }): Deliver {
  return async ({ providerId, requestId, source, status, callId, said }) => {
    const event: CallReport = {
      provider_id: providerId,
      service_request_id: requestId,
      source,
      call_status: status,
      call_id: callId,
      ...said,
    };
    const given = Object.entries(event).filter(([, value]) => value !== undefined);
    const names = given.map(([name], i) => `${name} => $${i + 1}`).join(", ");
    const values = given.map(([, value]) => value as string);
    const [{ outcome }] = await sql.unsafe(
      `select outcome from public.save_call_result(${names})`,
      values,
      { prepare: true },
    );
    return outcome;
  };
}

/** As each source really delivers; only what Vapi's API says has no way in over HTTP of its own. */
export function throughFunctions(testStack: TestStack, webhookToken: string): Deliver {
  const { post, postTo } = testStack;
  const rpc = throughRpc(testStack);
  return async (report) => {
    if (report.source === "vapi_api") return await rpc(report);
    const response = report.source === "kestra"
      ? await post(kestraBody(report), idempotencyKey(report))
      : await postTo("vapi-webhook", vapiMessage(report), { "X-Vapi-Secret": webhookToken });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer.outcome;
  };
}

function idempotencyKey({ said }: Report): Record<string, string> {
  return said.idempotency_key ? { "Idempotency-Key": said.idempotency_key } : {};
}

function kestraBody({ providerId, requestId, status, callId, said }: PlacedReport) {
  return {
    providerId,
    serviceRequestId: requestId,
    callResult: {
      status: said.ended_reason ? "completed" : status,
      callId,
      createdAt: said.created_at,
      startedAt: said.started_at,
      duration: said.duration_minutes,
      cost: said.cost,
      endedReason: said.ended_reason,
      transcript: said.transcript,
      recordingUrl: said.recording_url,
      analysis: {
        summary: said.summary,
        structuredData: said.structured_data,
        successEvaluation: said.success_evaluation,
      },
      error: said.message ? undefined : said.error,
      message: said.message,
    },
  };
}

function vapiMessage({ providerId, requestId, status, callId, said }: PlacedReport) {
  const metadata = {
    providerId,
    serviceRequestId: requestId,
    kestraExecutionId: said.call_method && "run-1",
  };
  const open: Record<string, string> = { queued: "ringing", in_progress: "in-progress" };
  return {
    message: {
      type: open[status] ? "status-update" : "end-of-call-report",
      status: open[status],
      endedReason: said.ended_reason,
      startedAt: said.started_at,
      durationMinutes: said.duration_minutes,
      cost: said.cost,
      analysis: {
        summary: said.summary,
        structuredData: said.structured_data,
        successEvaluation: said.success_evaluation,
      },
      artifact: {
        messages: (said.turns as { speaker: string; text: string }[] | undefined)?.map(
          ({ speaker, text }) => ({ role: speaker === "AI" ? "bot" : "user", message: text }),
        ),
      },
      recordingUrl: said.recording_url,
      call: { id: callId, createdAt: said.created_at, assistantOverrides: { metadata } },
    },
  };
}
