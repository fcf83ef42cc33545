import type { CallStatus } from "./call_status.ts";
import type { Database } from "./database.types.ts";

/** How a call ended, and what that rests on: see the type in Postgres. */
export interface Ending {
  status: CallStatus;
  evidence: Database["public"]["Enums"]["ending_evidence"];
}

/** A final status, or the two between which the words decide: where the other side was heard, and where it was not. */
type Meaning = CallStatus | "completed_or_no_answer" | "completed_or_failed";

const meanings: Record<string, Meaning> = {
  "voicemail": "voicemail",
  "voicemail-reached": "voicemail",
  "customer-busy": "busy",
  "busy": "busy",
  "customer-did-not-answer": "no_answer",
  "no-answer": "no_answer",
  "call.ringing.sip-inbound-caller-hungup-before-call-connect": "no_answer",
  "manually-canceled": "canceled",
  "canceled": "canceled",
  "scheduled-call-deleted": "canceled",
  "call-deleted": "canceled",
  "assistant-ended-call": "completed",
  "assistant-ended-call-with-hangup-task": "completed",
  "assistant-ended-call-after-message-spoken": "completed",
  "assistant-said-end-call-phrase": "completed",
  "assistant-forwarded-call": "completed",
  "customer-ended-call": "completed",
  "customer-ended-call-before-warm-transfer": "completed",
  "customer-ended-call-after-warm-transfer-attempt": "completed",
  "customer-ended-call-during-transfer": "completed",
  "call.forwarding.operator-busy": "completed",
  "call.forwarding.no-answer": "completed",
  "hangup": "completed_or_no_answer",
  "silence-timed-out": "completed_or_no_answer",
  "exceeded-max-duration": "completed_or_no_answer",
  "call.in-progress.twilio-completed-call": "completed_or_no_answer",
  "call.in-progress.sip-completed-call": "completed_or_no_answer",
  "vonage-completed": "completed_or_no_answer",
  "vonage-disconnected": "completed_or_no_answer",
  "call.in-progress.vonage-completed": "completed_or_no_answer",
  "call.in-progress.vonage-disconnected": "completed_or_no_answer",
  // Failures whose names do not say so.
  "assistant-join-timed-out": "failed",
  "assistant-not-found": "failed",
  "assistant-not-valid": "failed",
  "assistant-request-returned-forwarding-phone-number": "failed",
  "assistant-request-returned-invalid-assistant": "failed",
  "assistant-request-returned-no-assistant": "failed",
  "customer-did-not-give-microphone-permission": "failed",
  "phone-call-provider-bypass-enabled-but-no-call-received": "failed",
  "phone-call-provider-closed-websocket": "failed",
  "twilio-reported-customer-misdialed": "failed",
  "vonage-rejected": "failed",
  "worker-shutdown": "failed",
};

/** Names that stand inside longer reasons; the first that fits counts. SIP codes: RFC 3261, section 21. */
const families: [RegExp, Meaning][] = [
  [/sip-(408|480)(?!\d)/, "no_answer"],
  // 603 is a person, or a telephone, that declines: what providers of telephony call busy.
  [/sip-(486|600|603)(?!\d)/, "busy"],
  [/sip-487(?!\d)/, "canceled"],
  [/^call\.(ringing|ending)\.hook-executed-/, "completed"],
  [/warm-transfer|transfer-failed/, "completed_or_failed"],
  [/error|fail|fault/, "failed"],
];

/** What is known of an ended call beside the reason. */
interface Known {
  /** Whether somebody but the assistant spoke; undefined where no words are known, or it is uncertain whose they are. */
  isHeard: boolean | undefined;
  /** Whether the call was answered. */
  isAnswered: boolean;
}

/**
 * How a call ended, by Vapi's `endedReason` and, where that leaves it open, by the words. Reasons
 * come and go with Vapi's releases: one that is not known counts as a conversation where the other side spoke.
 * Missing words are not silence: an answered call without any counts as completed.
 *
 * Source: `CallEndedReason` of `@vapi-ai/server-sdk` 2.0.1, 597 values, and what is seen beside them.
 */
export function endingOf(endedReason: string, { isHeard, isAnswered }: Known): Ending {
  const reason = endedReason.trim().toLowerCase();
  const meaning = Object.hasOwn(meanings, reason)
    ? meanings[reason]
    : families.find(([pattern]) => pattern.test(reason))?.[1];

  if (meaning && meaning !== "completed_or_no_answer" && meaning !== "completed_or_failed") {
    return { status: meaning, evidence: "stated" };
  }
  if (isHeard) return { status: "completed", evidence: "heard" };
  const isWordless = isHeard === undefined;
  const mayBeConversation = isWordless && isAnswered && meaning !== "completed_or_failed" &&
    reason !== "silence-timed-out";
  const unheard = meaning === "completed_or_no_answer" ? "no_answer" : "failed";
  return {
    status: mayBeConversation ? "completed" : unheard,
    evidence: !isWordless ? "unheard" : isAnswered ? "wordless" : "unanswered",
  };
}
