import type { CallStatus } from "../_shared/call_status.ts";
import { normalize } from "../_shared/report.ts";
import { type SavedCallResult, saveReport } from "../_shared/save.ts";
import type { VapiCall } from "../_shared/vapi_call.ts";
import { type Link, metadataOf } from "../_shared/vapi_link.ts";
import { openStatus, readReport } from "../_shared/vapi_report.ts";

/** Vapi completes a call some time after its end; what is not there by then is not to come. */
const LAST_WORD_AFTER_MS = 15 * 60_000;

/** Whether a call has ended and Vapi has said all that it will say of it. */
export function isLastWord(call: VapiCall): boolean {
  if (call.status !== "ended") return false;
  const { messages, transcript, summary, structuredData, cost } = reportOf(call);
  if ((messages || transcript) && summary && structuredData && cost) return true;
  const endedAt = call.endedAt ?? call.updatedAt ?? call.createdAt;
  return endedAt !== undefined && Date.now() - Date.parse(endedAt) >= LAST_WORD_AFTER_MS;
}

/** Saves what Vapi says of a call: its result, or, before Vapi's last word, that it is open. @throws {Problem} */
export async function saveCall(call: VapiCall, link: Link): Promise<SavedCallResult> {
  const vapiReport = isLastWord(call)
    ? { ...reportOf(call), status: "ended" as const }
    : { startedAt: call.startedAt, status: statusSoFar(call) };
  const report = normalize({
    ...vapiReport,
    ...link,
    source: "vapi_api",
    createdAt: call.createdAt,
    callMethod: metadataOf({ call })?.kestraExecutionId ? "kestra" : undefined,
  });
  return await saveReport(report, {});
}

function reportOf(call: VapiCall) {
  return readReport([call, call.artifact]);
}

function statusSoFar({ status, startedAt }: VapiCall): CallStatus {
  return openStatus(status) ?? (startedAt ? "in_progress" : "queued");
}
