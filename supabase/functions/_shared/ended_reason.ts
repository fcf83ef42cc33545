import type { CallStatus } from "./call_status.ts";

/** A final status, or what it depends on: whether the other side said anything. */
type Ending = CallStatus | "completed_if_user_spoke";

const endings: Record<string, Ending> = {
  "voicemail": "voicemail",
  "customer-busy": "busy",
  "customer-did-not-answer": "no_answer",
  "call.ringing.sip-inbound-caller-hungup-before-call-connect": "no_answer",
  "manually-canceled": "canceled",
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
  "silence-timed-out": "completed_if_user_spoke",
  "exceeded-max-duration": "completed_if_user_spoke",
  "call.in-progress.twilio-completed-call": "completed_if_user_spoke",
  "call.in-progress.sip-completed-call": "completed_if_user_spoke",
  "vonage-completed": "completed_if_user_spoke",
  "vonage-disconnected": "completed_if_user_spoke",
  "call.in-progress.vonage-completed": "completed_if_user_spoke",
  "call.in-progress.vonage-disconnected": "completed_if_user_spoke",
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

const families: [RegExp, Ending][] = [
  [/sip-408-request-timeout|sip-480-temporarily-unavailable/, "no_answer"],
  [/^call\.(ringing|ending)\.hook-executed-/, "completed"],
  [/error|fail|fault/, "failed"],
];

/**
 * The final status that Vapi's `endedReason` stands for. Reasons come and go with Vapi's releases:
 * one that is not known counts as completed where the other side spoke, else as failed.
 *
 * Source: `CallEndedReason` of `@vapi-ai/server-sdk` 2.0.1, 597 values.
 */
export function statusOfEndedReason(reason: string, userSpoke: boolean): CallStatus {
  const ending = Object.hasOwn(endings, reason)
    ? endings[reason]
    : families.find(([pattern]) => pattern.test(reason))?.[1];
  if (ending === "completed_if_user_spoke") return userSpoke ? "completed" : "no_answer";
  return ending ?? (userSpoke ? "completed" : "failed");
}
