import assert from "node:assert/strict";
import { Vapi } from "@vapi-ai/server-sdk";
import { statusOfEndedReason } from "../supabase/functions/_shared/ended_reason.ts";

/** Every reason that the SDK knows and that is not `failed`, with its status where the user spoke, and where not. */
const EXPECTED = `
  assistant-ended-call                                            completed completed
  assistant-ended-call-after-message-spoken                       completed completed
  assistant-ended-call-with-hangup-task                           completed completed
  assistant-forwarded-call                                        completed completed
  assistant-said-end-call-phrase                                  completed completed
  call-deleted                                                    canceled  canceled
  call.ending.hook-executed-say                                   completed completed
  call.ending.hook-executed-transfer                              completed completed
  call.forwarding.no-answer                                       completed completed
  call.forwarding.operator-busy                                   completed completed
  call.in-progress.error-providerfault-outbound-sip-408-request-timeout         no_answer no_answer
  call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable no_answer no_answer
  call.in-progress.sip-completed-call                             completed no_answer
  call.in-progress.twilio-completed-call                          completed no_answer
  call.ringing.hook-executed-say                                  completed completed
  call.ringing.hook-executed-transfer                             completed completed
  call.ringing.sip-inbound-caller-hungup-before-call-connect      no_answer no_answer
  customer-busy                                                   busy      busy
  customer-did-not-answer                                         no_answer no_answer
  customer-ended-call                                             completed completed
  customer-ended-call-after-warm-transfer-attempt                 completed completed
  customer-ended-call-before-warm-transfer                        completed completed
  customer-ended-call-during-transfer                             completed completed
  exceeded-max-duration                                           completed no_answer
  manually-canceled                                               canceled  canceled
  scheduled-call-deleted                                          canceled  canceled
  silence-timed-out                                               completed no_answer
  voicemail                                                       voicemail voicemail
  vonage-completed                                                completed no_answer
  vonage-disconnected                                             completed no_answer`;

Deno.test("every endedReason of the installed Vapi SDK has the status that was decided on", () => {
  const reasons = Object.values(Vapi.CallEndedReason).sort();
  assert.equal(reasons.length, 597, "the SDK knows other reasons now: decide on what is new");
  const classified = reasons.map((reason) =>
    [reason, statusOfEndedReason(reason, true), statusOfEndedReason(reason, false)].join(" ")
  );
  assert.deepEqual(
    classified.filter((line) => !line.endsWith(" failed failed")),
    EXPECTED.trim().split("\n").map((line) => line.trim().replace(/ +/g, " ")),
  );
});

Deno.test("a reason that no SDK knows is failed if it says so, else it depends on the user", () => {
  assert.equal(statusOfEndedReason("call.in-progress.error-brand-new", true), "failed");
  assert.equal(statusOfEndedReason("pipeline-failed-anew", true), "failed");
  assert.equal(statusOfEndedReason("newfault", true), "failed");
  assert.equal(statusOfEndedReason("customer-waved-goodbye", true), "completed");
  assert.equal(statusOfEndedReason("customer-waved-goodbye", false), "failed");
  assert.equal(statusOfEndedReason("call.ringing.hook-executed-anything", false), "completed");
  assert.equal(statusOfEndedReason("call.in-progress.vonage-completed", false), "no_answer");
  assert.equal(statusOfEndedReason("constructor", false), "failed");
});
