import assert from "node:assert/strict";
import { factsOf } from "../../client/live/facts.js";
import { callWords, problemWords, requestState } from "../../client/live/words.js";
import type { CallStatus, Provider } from "../../client/watch/mod.d.ts";

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
