import assert from "node:assert/strict";
import { factsOf } from "../../client/live/facts.js";
import { inOrder, tally } from "../../client/live/tally.js";
import { callWords, problemWords, requestState, stepState } from "../../client/live/words.js";
import type { CallStatus, LogEntry, Provider } from "../../client/watch/mod.d.ts";

const providers = (calls: Record<string, CallStatus | "booking_confirmed" | null>) =>
  Object.entries(calls).map(([name, call_status]) => ({ name, call_status }) as Provider);

Deno.test("a request's words do not say that it is over while a call may still bring something", () => {
  const words = (status: "completed" | "failed", ...calls: (CallStatus | null)[]) =>
    requestState(status, calls.map((call_status) => ({ call_status }))).words;
  assert.equal(words("failed", "timeout"), "Waiting for a result");
  assert.equal(words("failed", "error"), "Something went wrong with the calls");
  assert.equal(words("completed", "completed", null, null), "More calls to come");
  assert.equal(words("failed", "no_answer", null), "More calls to come");
  assert.equal(words("completed", "completed", "busy"), "The calls are done");
  assert.equal(words("failed", "no_answer"), "Nobody could be reached");
});

Deno.test("a status that the application added is its own word", () => {
  const added = "on_hold" as never;
  assert.equal(callWords(added), "on_hold");
  assert.deepEqual(requestState(added, []), { words: "on_hold", mark: "waiting" });
});

Deno.test("an amount is what is named a price, and a list shows all that is in it", () => {
  const call_result = {
    operates_since: 1998,
    coffee: 2,
    slots: [9, 10.5, "noon"],
    visitPrice: 120,
    hourly_rate: 80,
    currency: "USD",
  };
  assert.deepEqual(factsOf({ call_result } as unknown as Provider), [
    ["Visit price", "$120.00"],
    ["Hourly rate", "$80.00"],
    ["Operates since", "1998"],
    ["Coffee", "2"],
    ["Slots", "9, 10.5, noon"],
  ]);
});

Deno.test("an error is told in words, and a new try only where there is one", () => {
  assert.equal(problemWords({ message: "odd" }), "Something went wrong: odd");
  assert.equal(problemWords(new TypeError("Failed to fetch")), "The server cannot be reached.");
  assert.match(problemWords({ message: "Failed to fetch" }, true), / Trying again\.$/);
});

Deno.test("what a call cost is the customer's business only where the operator says so", () => {
  const provider = { call_cost: 0.21, call_duration_minutes: 2.5 } as Provider;
  assert.deepEqual(factsOf(provider), [["Call length", "2 min 30 s"]]);
  assert.deepEqual(factsOf(provider, { showCallCost: true }), [
    ["Call length", "2 min 30 s"],
    ["Call cost", "$0.21"],
  ]);
});

Deno.test("the tally counts who was reached; a voicemail never is, and a call on the way has not failed", () => {
  const words = (...statuses: (CallStatus | "booking_confirmed" | null)[]) =>
    tally(statuses.map((call_status) => ({ call_status }) as Provider));
  assert.equal(words(), "");
  assert.equal(words("completed"), "");
  assert.equal(words(null, null), "");
  assert.equal(words("completed", "voicemail", "no_answer"), "1 of 3 reached");
  assert.equal(words("booking_confirmed", "voicemail"), "1 of 2 reached");
  assert.equal(words("queued", "in_progress", "timeout"), "0 of 3 reached, 3 on the way");
  assert.equal(words("completed", "queued", null, null), "1 of 4 reached, 1 on the way, 2 to call");
  assert.equal(words("error", "failed", "busy", "canceled"), "0 of 4 reached");
});

Deno.test("who was reached stands first, then who may still be, and names are in natural order", () => {
  const shown = inOrder(providers({
    "Provider 10": null,
    "Provider 9": "voicemail",
    "provider 2": null,
    "Élan": "completed",
    "Provider 11": "in_progress",
    "Provider 3": "timeout",
    "Zest": "booking_confirmed",
    "Eagle": "completed",
    "Provider 1": "no_answer",
  }));
  assert.deepEqual(shown.map(({ name }) => name), [
    "Eagle",
    "Élan",
    "Zest",
    "Provider 3",
    "Provider 11",
    "provider 2",
    "Provider 10",
    "Provider 1",
    "Provider 9",
  ]);
});

Deno.test("a step of the log has a status in words, whoever wrote it", () => {
  const words = (status: string, call_status: string | null = null) =>
    stepState({ status, call_status } as LogEntry).words;
  assert.equal(words("info", "queued"), "Called");
  assert.equal(words("info", "in_progress"), "Answered");
  assert.equal(words("success", "completed"), "Spoke with them");
  assert.equal(words("warning", "booking_confirmed"), "booking_confirmed");
  assert.deepEqual(["info", "success", "warning", "error"].map((each) => words(each)), [
    "Noted",
    "Done",
    "Needs attention",
    "Went wrong",
  ]);
});
