import * as z from "zod/mini";
import { endingOf } from "./ending.ts";
import type { LogFields } from "./handler.ts";
import { Problem } from "./problem.ts";
import { read, type Reading } from "./read.ts";
import { normalize, type RawCallReport } from "./report.ts";
import { type SavedCallResult, saveReport } from "./save.ts";
import { type VapiMessage, vapiMessageSchema } from "./vapi_call.ts";
import { linkOf, metadataOf } from "./vapi_link.ts";
import { openStatus, readReport, speakersOf } from "./vapi_report.ts";

/** Why a message is answered without being saved. */
export type IgnoredReason =
  | "message_type"
  | "call_status"
  | "report_follows"
  | "not_ours";

/** The answer to a message of which nothing is saved. */
export interface Ignored {
  outcome: "ignored";
  reason: IgnoredReason;
}

/** Reads the named fields of a webhook's body. @throws {Problem} `invalid_payload` for what is no message. */
export function readMessage(body: unknown): Reading<VapiMessage> {
  const { value, warnings } = read(z.object({ message: vapiMessageSchema }), body, ["message"]);
  return { value: value.message, warnings };
}

/** Saves what a message reports, if it reports anything of a call of ours. */
export async function saveMessage(
  message: VapiMessage,
  log: LogFields,
): Promise<SavedCallResult | Ignored> {
  log.messageType = message.type;
  log.callId = message.call?.id;
  const reported = statusOf(message);
  if ("ignored" in reported) return ignore(reported.ignored, log);
  const link = await linkOf(message);
  if (!link) return ignore("not_ours", log);

  const { call, artifact } = message;
  const report = normalize({
    ...readReport([message, artifact, call, call?.artifact]),
    ...speakersOf(call, message.assistant),
    ...link,
    source: "vapi_webhook",
    status: reported.status,
    createdAt: call?.createdAt,
    callMethod: metadataOf(message)?.kestraExecutionId ? "kestra" : undefined,
  });
  return await saveReport(report, log);
}

function ignore(reason: IgnoredReason, log: LogFields): Ignored {
  log.outcome = "ignored";
  log.reason = reason;
  return { outcome: "ignored", reason };
}

/** The status that a message reports, or why it reports none. */
function statusOf(
  message: VapiMessage,
): { status: RawCallReport["status"] } | { ignored: IgnoredReason } {
  if (!message.type) {
    throw new Problem("invalid_payload", "message.type is missing.", {
      issues: [{ path: "message.type", message: "Invalid input: expected the message's type" }],
    });
  }
  if (message.type === "end-of-call-report") return { status: "ended" };
  if (message.type !== "status-update") return { ignored: "message_type" };
  if (message.status !== "ended") {
    const status = openStatus(message.status);
    return status ? { status } : { ignored: "call_status" };
  }
  const { endedReason } = readReport([message, message.call]);
  return endedReason && decidesAlone(endedReason)
    ? { status: "ended" }
    : { ignored: "report_follows" };
}

/** Whether a reason means the same status whatever was said. */
function decidesAlone(reason: string): boolean {
  return endingOf(reason, { isHeard: undefined, isAnswered: false }).evidence === "stated";
}
