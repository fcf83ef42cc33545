import type { Json } from "../_shared/database.types.ts";
import type { RejectedDelivery } from "../_shared/rejected.ts";
import { normalize } from "../_shared/report.ts";
import { type SavedCallResult, saveReport } from "../_shared/save.ts";
import type { VapiCall } from "../_shared/vapi_call.ts";
import type { Link } from "../_shared/vapi_link.ts";
import { openStatus } from "../_shared/vapi_report.ts";
import { fixed, lastWordOf } from "./last_word.ts";

/** Saves what Vapi says of a call: its result, or, before Vapi's last word, that it is open. @throws {Problem} */
export async function saveCall(call: VapiCall, link: Link): Promise<SavedCallResult> {
  const { status, startedAt } = call;
  const report = lastWordOf(call, link) ?? normalize({
    ...fixed(call, link),
    startedAt,
    status: openStatus(status) ?? (startedAt ? "in_progress" : "queued"),
  });
  return await saveReport(report, {});
}

/** A call that could not be saved, as it is kept: whose it is, and what it said, as Vapi forgets it after some days. */
export function rejectedCall(call: VapiCall, whose: Record<string, Json>): RejectedDelivery {
  return { source: "vapi_api", payload: { ...whose, call: call as unknown as Json } };
}
