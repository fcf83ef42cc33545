import assert from "node:assert/strict";
import { Vapi } from "@vapi-ai/server-sdk";
import { endingOf } from "../supabase/functions/_shared/ending.ts";

/** Of a reason: its status, or, where the words decide: heard, unheard, wordless after an answer, and without one. */
function statusesOf(reason: string): string {
  const endings = [
    endingOf(reason, { isHeard: true, isAnswered: true }),
    endingOf(reason, { isHeard: false, isAnswered: true }),
    endingOf(reason, { isHeard: undefined, isAnswered: true }),
    endingOf(reason, { isHeard: undefined, isAnswered: false }),
  ];
  if (endings.every(({ evidence }) => evidence === "stated")) {
    assert.equal(new Set(endings.map(({ status }) => status)).size, 1);
    return endings[0].status;
  }
  assert.deepEqual(
    endings.map(({ evidence }) => evidence),
    ["heard", "unheard", "wordless", "unanswered"],
  );
  return endings.map(({ status }) => status).join(" ");
}

/** Every reason that the SDK knows and that is not `failed`. */
const EXPECTED = `
  assistant-ended-call                                                             completed
  assistant-ended-call-after-message-spoken                                        completed
  assistant-ended-call-with-hangup-task                                            completed
  assistant-forwarded-call                                                         completed
  assistant-said-end-call-phrase                                                   completed
  call-deleted                                                                     canceled
  call.ending.hook-executed-say                                                    completed
  call.ending.hook-executed-transfer                                               completed
  call.forwarding.no-answer                                                        completed
  call.forwarding.operator-busy                                                    completed
  call.in-progress.error-providerfault-outbound-sip-408-request-timeout            no_answer
  call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable    no_answer
  call.in-progress.error-transfer-failed                         completed failed failed failed
  call.in-progress.error-warm-transfer-assistant-cancelled       completed failed failed failed
  call.in-progress.error-warm-transfer-max-duration              completed failed failed failed
  call.in-progress.error-warm-transfer-microphone-timeout        completed failed failed failed
  call.in-progress.error-warm-transfer-silence-timeout           completed failed failed failed
  call.in-progress.sip-completed-call                completed no_answer completed no_answer
  call.in-progress.twilio-completed-call             completed no_answer completed no_answer
  call.ringing.hook-executed-say                                                   completed
  call.ringing.hook-executed-transfer                                              completed
  call.ringing.sip-inbound-caller-hungup-before-call-connect                       no_answer
  customer-busy                                                                    busy
  customer-did-not-answer                                                          no_answer
  customer-ended-call                                                              completed
  customer-ended-call-after-warm-transfer-attempt                                  completed
  customer-ended-call-before-warm-transfer                                         completed
  customer-ended-call-during-transfer                                              completed
  exceeded-max-duration                              completed no_answer completed no_answer
  manually-canceled                                                                canceled
  scheduled-call-deleted                                                           canceled
  silence-timed-out                                  completed no_answer no_answer no_answer
  voicemail                                                                        voicemail
  vonage-completed                                   completed no_answer completed no_answer
  vonage-disconnected                                completed no_answer completed no_answer`;

Deno.test("every endedReason of the installed Vapi SDK has the status that was decided on", () => {
  const reasons = Object.values(Vapi.CallEndedReason).sort();
  assert.equal(reasons.length, 597, "the SDK knows other reasons now: decide on what is new");
  assert.deepEqual(
    reasons.map((reason) => `${reason} ${statusesOf(reason)}`).filter((line) =>
      !line.endsWith(" failed") || line.includes("completed")
    ),
    EXPECTED.trim().split("\n").map((line) => line.trim().replace(/ +/g, " ")),
  );
});

Deno.test("reasons that are seen and that no SDK knows have the status that they say", () => {
  const seen: Record<string, string> = {
    "no-answer": "no_answer",
    "busy": "busy",
    "canceled": "canceled",
    "voicemail-reached": "voicemail",
    "hangup": "completed no_answer completed no_answer",
    "call.in-progress.error-providerfault-outbound-sip-486-busy-here": "busy",
    "call.in-progress.error-providerfault-outbound-sip-600-busy-everywhere": "busy",
    "call.in-progress.error-providerfault-outbound-sip-603-decline": "busy",
    "call.in-progress.error-providerfault-outbound-sip-487-request-terminated": "canceled",
    "call.in-progress.error-providerfault-outbound-sip-4860": "failed",
    "Customer-Busy ": "busy",
    "call.ringing.hook-executed-anything": "completed",
    "call.in-progress.vonage-completed": "completed no_answer completed no_answer",
  };
  for (const [reason, statuses] of Object.entries(seen)) {
    assert.equal(statusesOf(reason), statuses, reason);
  }
});

Deno.test("of a reason that is not known, failed if it says so, else a conversation unless the assistant was alone", () => {
  for (const reason of ["call.in-progress.error-brand-new", "pipeline-failed-anew", "newfault"]) {
    assert.equal(statusesOf(reason), "failed");
  }
  for (const reason of ["customer-waved-goodbye", "constructor", "__proto__", ""]) {
    assert.equal(statusesOf(reason), "completed failed completed failed", reason);
  }
});
