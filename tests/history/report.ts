import type { CallReport, CallSource } from "../../supabase/functions/_shared/report.ts";
import type { CallStatus } from "../../supabase/functions/_shared/call_status.ts";

/** The sources in the order of their precedence. */
export const SOURCES = ["kestra", "vapi_webhook", "vapi_api"] as const satisfies CallSource[];

/** What a report says of its call, named as the RPC's arguments. */
export type Said = Omit<
  CallReport,
  "provider_id" | "service_request_id" | "source" | "call_status" | "call_id"
>;

/** One thing that one source says. */
export interface Report {
  /** Which of the requests of a history, and which of its providers. */
  request: number;
  provider: number;
  source: CallSource;
  status: CallStatus;
  /** Absent before there is a call. */
  callId?: string;
  said: Said;
}

/** Which values a report carries. */
export interface Mask {
  created: boolean;
  started: boolean;
  money: boolean;
  analysis: boolean;
  words: boolean;
  spoken: Spoken;
}

/** Whose words a report has: of both sides, of the assistant alone, or none at all. */
export type Spoken = "both" | "assistant" | "nobody";

/** How far a report goes: an ending of whatever kind, or a status before it. */
export type Step = "queued" | "in_progress" | "timeout" | "error" | "ended";

const BASE = Date.UTC(2026, 10, 22);

/** The time so many minutes into a history. */
export function at(minute: number, ms = 0): string {
  return new Date(BASE + minute * 60_000 + ms).toISOString();
}

/** A call's id, with or without the time in it; unique once `{provider}` is replaced. */
export function callId(minute: number, index: number, hasTime: boolean): string {
  if (!hasTime) return `call-{provider}-${index}`;
  const time = (BASE + minute * 60_000).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-{provider}${index}`;
}

/** What a source says of a step. The values differ between sources and steps; a source's own never do. */
export function saidOf(
  source: CallSource,
  step: Step,
  call: { index: number; minute: number },
  has: Mask,
): Said {
  const rank = SOURCES.indexOf(source) + 1;
  const name = `${source} of ${step} ${call.index}`;
  const isOver = step === "ended" || step === "timeout";
  const said: Said = {};
  if (has.created) said.created_at = at(call.minute);
  if (has.started && step !== "queued") said.started_at = at(call.minute + 1, rank);
  if (has.money && isOver) Object.assign(said, { cost: rank / 8, duration_minutes: rank / 2 });
  if (has.analysis && step === "ended") {
    said.summary = name;
    said.structured_data = { name, none: null };
    said.success_evaluation = `${rank}`;
    said.recording_url = `https://storage.example.com/${source}.wav`;
  }
  if (has.spoken !== "nobody" && step !== "queued") {
    // No two conversations are equally long.
    const turns = Array.from({ length: has.spoken === "both" ? 3 + rank : rank }, (_, i) => ({
      speaker: has.spoken === "both" && i % 2 ? "User" : "AI",
      text: `${name}, ${i}`,
    }));
    said.turns = turns;
    said.transcript = turns.map(({ speaker, text }) => `${speaker}: ${text}`).join("\n");
    if (has.spoken === "both") said.is_heard = true;
  }
  if (has.words && source === "vapi_webhook") said.call_method = "kestra";
  if (has.words && source !== "vapi_webhook") {
    said.message = `${name}: message`;
    if (step === "timeout" || step === "error") said.error = said.message;
  }
  return said;
}
