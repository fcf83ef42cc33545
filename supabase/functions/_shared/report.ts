import { type CallStatus, stageOf } from "./call_status.ts";
import type { Database, Json } from "./database.types.ts";
import { statusOfEndedReason } from "./ended_reason.ts";
import { textOf, turnsOf, userSpoke } from "./transcript.ts";

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
  successEvaluation?: string | boolean | number | null;
  structuredData?: unknown;
  transcript?: Text;
  /** Vapi's messages, of whatever shape. */
  messages?: readonly unknown[] | null;
  recordingUrl?: Text;
  error?: Text;
  /** One plain sentence for the log, where there is no summary. */
  message?: Text;
  idempotencyKey?: string;
}

/** Makes the report of what a source says: the one place where a status is derived and values are cleaned. */
export function normalize(report: RawCallReport): CallReport {
  const turns = turnsOf(report.messages, report.transcript);
  const reason = present(report.endedReason);
  const message = present(report.message);
  return {
    source: report.source,
    provider_id: report.providerId,
    service_request_id: report.serviceRequestId,
    call_status: report.status === "ended"
      ? statusOfEndedReason(reason ?? "", userSpoke(turns))
      : report.status,
    call_id: present(report.callId)?.trim(),
    call_method: report.callMethod,
    created_at: inUtc(report.createdAt),
    started_at: inUtc(report.startedAt),
    duration_minutes: report.duration ?? minutesBetween(report.startedAt, report.endedAt),
    cost: report.cost ?? undefined,
    ended_reason: reason,
    summary: present(report.summary),
    success_evaluation: present(report.successEvaluation?.toString()),
    structured_data: withContent(report.structuredData),
    transcript: present(report.transcript) ?? present(textOf(turns)),
    turns: turns.length > 0 ? turns as unknown as Json : undefined,
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

/** A text with something in it; undefined for an empty or blank one. */
export function present(text: Text): string | undefined {
  return text?.trim() ? text : undefined;
}

/** Data with something in it; undefined for null, `""`, `{}` and `[]`. */
export function withContent(data: unknown): Json | undefined {
  const isEmpty = typeof data === "object" && data !== null && Object.keys(data).length === 0;
  return data === null || data === "" || isEmpty ? undefined : data as Json;
}

/** False for an invalid date, too. A wrong clock's year 9999 would make its call the newest for ever. */
export function isOfThisCentury(time: Date): boolean {
  return time.getUTCFullYear() >= 2000 && time.getUTCFullYear() < 2100;
}

/** Postgres takes fewer offsets than ISO 8601 has. */
function inUtc(time: Text): string | undefined {
  return time ? new Date(time).toISOString() : undefined;
}

/** Rounded to the millisecond; undefined where an end is unknown or precedes the start. */
function minutesBetween(startedAt: Text, endedAt: Text): number | undefined {
  if (!startedAt || !endedAt) return undefined;
  const milliseconds = Date.parse(endedAt) - Date.parse(startedAt);
  return milliseconds >= 0 ? Math.round(milliseconds / 0.6) / 100_000 : undefined;
}
