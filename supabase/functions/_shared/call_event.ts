import type { CallResultBody } from "./call_result.ts";
import type { Database, Json } from "./database.types.ts";
import { statusOfEndedReason } from "./ended_reason.ts";
import { Problem } from "./problem.ts";
import { textOf, turnsOf, userSpoke } from "./transcript.ts";

/** `call_status`, in Postgres and on the wire. */
export type CallStatus = Database["public"]["Enums"]["call_status"];

/**
 * One event of one call, whichever way it came: the arguments of the RPC `save_call_result`.
 * Durations are in minutes, costs in USD, times in ISO 8601.
 */
export type CallEvent = Database["public"]["Functions"]["save_call_result"]["Args"];

const MAX_KEY_LENGTH = 255;

/**
 * The event that a body of `save-call-result` reports. The `Idempotency-Key` tells events without
 * a call id apart.
 *
 * @throws {Problem} `invalid_payload` for a key of more than 255 characters.
 */
export function eventOfCallResult(
  { providerId, serviceRequestId, callResult: result }: CallResultBody,
  idempotencyKey: string | undefined,
): CallEvent {
  if (idempotencyKey && idempotencyKey.length > MAX_KEY_LENGTH) {
    throw new Problem(
      "invalid_payload",
      `Send an Idempotency-Key of at most ${MAX_KEY_LENGTH} characters.`,
    );
  }
  const turns = turnsOf(result.messages, result.transcript);
  const reason = present(result.endedReason);
  return {
    source: "kestra",
    provider_id: providerId,
    service_request_id: serviceRequestId,
    call_status: result.status === "completed" && reason
      ? statusOfEndedReason(reason, userSpoke(turns))
      : result.status,
    call_id: present(result.callId),
    created_at: present(result.createdAt),
    started_at: present(result.startedAt),
    duration_minutes: result.duration ?? minutesBetween(result.startedAt, result.endedAt),
    cost: result.cost ?? undefined,
    ended_reason: reason,
    summary: present(result.analysis?.summary),
    success_evaluation: present(result.analysis?.successEvaluation?.toString()),
    structured_data: contentOf(result.analysis?.structuredData as Json | undefined),
    transcript: present(result.transcript) ?? present(textOf(turns)),
    turns: turns.length > 0 ? turns as unknown as Json : undefined,
    recording_url: present(result.recordingUrl),
    error: present(result.error),
    message: present(result.message) ?? lastSeen(result.lastKnownStatus),
    idempotency_key: idempotencyKey,
  };
}

/** Empty and blank text counts as absent. */
function present(text: string | null | undefined): string | undefined {
  return text?.trim() ? text : undefined;
}

/** Structured data with nothing in it counts as absent. */
function contentOf(data: Json | undefined): Json | undefined {
  const isEmpty = typeof data === "object" && data !== null && Object.keys(data).length === 0;
  return data === null || data === "" || isEmpty ? undefined : data;
}

/** Rounded to the millisecond; undefined where an end is unknown or precedes the start. */
function minutesBetween(
  startedAt: string | null | undefined,
  endedAt: string | null | undefined,
): number | undefined {
  if (!startedAt || !endedAt) return undefined;
  const milliseconds = Date.parse(endedAt) - Date.parse(startedAt);
  return milliseconds >= 0 ? Math.round(milliseconds / 0.6) / 100_000 : undefined;
}

function lastSeen(status: string | null | undefined): string | undefined {
  return present(status) && `No result came in time; the call was last seen ${status}.`;
}
