/** The calls that every benchmark saves: the same bodies, whichever way they go. */
import { type CallReport, normalize } from "../supabase/functions/_shared/report.ts";
import {
  type CallResultBody,
  reportOfCallResult,
} from "../supabase/functions/_shared/call_result.ts";

/** A conversation of about so many bytes. */
export function transcript(bytes: number): string {
  const lines = [];
  for (let i = 0, length = 0; length < bytes; i++) {
    const line = `${i % 2 ? "User" : "AI"}: ${i}, ${crypto.randomUUID()}, is that so?`;
    lines.push(line);
    length += line.length + 2; // a line break takes two bytes in JSON
  }
  return lines.join("\n");
}

const conversation = transcript(1_500);

/** What Kestra reports of one call from its beginning to its end: about 2 KB at the end. */
export function callBodies(providerId: string, serviceRequestId: string): CallResultBody[] {
  const call = { callId: crypto.randomUUID(), createdAt: new Date().toISOString() };
  const answered = { ...call, startedAt: call.createdAt };
  const results: CallResultBody["callResult"][] = [
    { status: "queued", ...call },
    { status: "in_progress", ...answered },
    {
      status: "completed",
      ...answered,
      duration: 2.5,
      cost: 0.21,
      endedReason: "customer-ended-call",
      transcript: conversation,
      recordingUrl: "https://storage.example.com/1.wav",
      analysis: {
        summary: "Free on Friday at nine.",
        structuredData: { available: true },
        successEvaluation: "true",
      },
    },
  ];
  return results.map((callResult) => ({ providerId, serviceRequestId, callResult }));
}

/** The RPC's arguments for a body. */
export function reportOf(body: CallResultBody): CallReport {
  return normalize(reportOfCallResult(body, undefined));
}
