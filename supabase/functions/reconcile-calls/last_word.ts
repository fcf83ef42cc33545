import { type CallReport, normalize, present, withContent } from "../_shared/report.ts";
import type { VapiCall } from "../_shared/vapi_call.ts";
import { type Link, metadataOf } from "../_shared/vapi_link.ts";
import { readReport, speakersOf } from "../_shared/vapi_report.ts";

/** Vapi completes a call some time after its end; what is not there by then is not to come. */
const LAST_WORD_AFTER_MS = 15 * 60_000;

/**
 * Whether nothing is missing of an ending: its cost and, where the call was answered, a cost above
 * 0, words, summary and structured data. In SQL: `private.is_complete`.
 */
export function isComplete(report: CallReport): boolean {
  if (report.cost === undefined) return false;
  if (!report.started_at) return true;
  return report.cost > 0 && present(report.transcript) !== undefined &&
    present(report.summary) !== undefined && withContent(report.structured_data) !== undefined;
}

/** What Vapi reports of a call that has ended, once it has said all that it will say of it. */
export function lastWordOf(call: VapiCall, link: Link): CallReport | undefined {
  if (call.status !== "ended") return undefined;
  const report = normalize({
    ...readReport([call, call.artifact]),
    ...fixed(call, link),
    status: "ended",
  });
  const endedAt = call.endedAt ?? call.updatedAt ?? call.createdAt;
  const isPast = !endedAt || Date.now() - Date.parse(endedAt) >= LAST_WORD_AFTER_MS;
  return isComplete(report) || isPast ? report : undefined;
}

/** What is true of a call whatever its status. */
export function fixed(call: VapiCall, link: Link) {
  return {
    ...link,
    ...speakersOf(call),
    source: "vapi_api" as const,
    createdAt: call.createdAt,
    callMethod: metadataOf({ call })?.kestraExecutionId ? "kestra" as const : undefined,
  };
}
