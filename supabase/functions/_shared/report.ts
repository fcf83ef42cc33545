import { type CallStatus, stageOf } from "./call_status.ts";
import type { Database, Json } from "./database.types.ts";
import { type Ending, endingOf } from "./ending.ts";
import { isEmpty } from "./read.ts";
import { minutesBetween } from "./time.ts";
import { readConversation, textOf } from "./transcript.ts";

/** Who reports. */
export type CallSource = Database["public"]["Enums"]["call_source"];

/**
 * What one source says of one call, normalized: the arguments of the RPC `save_call_result`.
 * Durations are in minutes, costs in USD, times in ISO 8601.
 */
export type CallReport = Database["public"]["Functions"]["save_call_result"]["Args"];

type Text = string | null | undefined;

/** What a source says of a call, as it says it. Null, empty and blank values count as absent. */
export interface RawCallReport {
  source: CallSource;
  providerId: string;
  serviceRequestId: string;
  /** `ended` leaves it to `endedReason` which final status it is. */
  status: CallStatus | "ended";
  callId?: Text;
  callMethod?: "kestra" | "direct_vapi";
  createdAt?: Text;
  startedAt?: Text;
  endedAt?: Text;
  /** In minutes; else computed from `startedAt` and `endedAt`. */
  duration?: number | null;
  cost?: number | null;
  endedReason?: Text;
  summary?: Text;
  successEvaluation?: unknown;
  structuredData?: unknown;
  /** Text, or a list of turns. */
  transcript?: unknown;
  /** Vapi's messages, and those that it formats for OpenAI, of whatever shape. */
  messages?: unknown;
  openAiMessages?: unknown;
  /** What the two sides are called in the transcript, where that is known. */
  assistantName?: string;
  userName?: string;
  recordingUrl?: Text;
  error?: Text;
  /** One plain sentence for the log, where there is no summary. */
  message?: Text;
  idempotencyKey?: string;
}

/** Makes the report of what a source says: the one place where a status is derived and values are cleaned. */
export function normalize(report: RawCallReport): CallReport {
  const { turns, isHeard } = readConversation({ ...report, transcript: said(report.transcript) });
  const duration = report.duration ?? minutesBetween(report.startedAt, report.endedAt);
  const reason = present(report.endedReason);
  const message = present(report.message);
  const ending: Partial<Ending> & Pick<Ending, "status"> = report.status === "ended"
    ? endingOf(reason ?? "", { isHeard, isAnswered: !!report.startedAt || !!duration })
    : { status: report.status };
  return {
    source: report.source,
    provider_id: report.providerId,
    service_request_id: report.serviceRequestId,
    call_status: ending.status,
    evidence: ending.evidence,
    call_id: present(report.callId),
    call_method: report.callMethod,
    created_at: report.createdAt ?? undefined,
    started_at: report.startedAt ?? undefined,
    duration_minutes: duration,
    cost: report.cost ?? undefined,
    ended_reason: reason,
    summary: present(said(report.summary)),
    success_evaluation: verdict(said(report.successEvaluation)),
    structured_data: withContent(report.structuredData),
    transcript: typeof report.transcript === "string" && present(said(report.transcript)) ||
      present(textOf(turns)),
    turns: turns.length > 0 ? turns as unknown as Json : undefined,
    is_heard: isHeard || undefined,
    recording_url: present(report.recordingUrl),
    error: present(report.error) ?? (isProvisional(report.status) ? message : undefined),
    message,
    idempotency_key: report.idempotencyKey,
  };
}

/** What stands in for the result of a call whose ending nobody saw: its message is what went wrong. */
function isProvisional(status: RawCallReport["status"]): boolean {
  return status !== "ended" && stageOf(status) === "provisional";
}

/** Undefined for the words that some put where there are none. */
function said<T>(value: T): T | undefined {
  const isPlaceholder = typeof value === "string" &&
    /^\s*(no transcript|no summary|not evaluated)( available)?\.?\s*$/i.test(value);
  return isPlaceholder ? undefined : value;
}

/** As text; JSON where it is more than a word, a number or a truth value. */
function verdict(value: unknown): string | undefined {
  if (isEmpty(value)) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : present(`${value}`);
}

/** A text with something in it; undefined for an empty or blank one. */
export function present(text: Text): string | undefined {
  return text?.trim() ? text : undefined;
}

/** Data with something in it; undefined for null, blank texts, `{}` and `[]`. */
export function withContent(data: unknown): Json | undefined {
  return isEmpty(data) ? undefined : data as Json;
}
