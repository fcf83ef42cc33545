import assert from "node:assert/strict";
import { textOf, turnsOf, userSpoke } from "../supabase/functions/_shared/transcript.ts";

Deno.test("turns come from the messages that were spoken, trimmed", () => {
  const messages = [
    { role: "system", message: "You are a concierge." },
    { role: "bot", message: " Hello? " },
    { role: "tool_calls", message: "check" },
    { role: "tool_call_result" },
    { role: "assistant", message: "Are you there?" },
    { role: "user", message: "Sí." },
    { role: "user", message: " " },
    { role: null, message: null },
    { role: "constructor", message: "x" },
  ];
  const turns = [
    { speaker: "AI", text: "Hello?" },
    { speaker: "AI", text: "Are you there?" },
    { speaker: "User", text: "Sí." },
  ];
  assert.deepEqual(turnsOf(messages, "AI: something else"), turns);
  assert.equal(textOf(turns), "AI: Hello?\nAI: Are you there?\nUser: Sí.");
});

Deno.test("without messages, turns come from the transcript's lines", () => {
  const transcript = "AI: The list:\nPrice: 95 €\n\nUser: Thanks.\r\nuser:Bye\n";
  const turns = [
    { speaker: "AI", text: "The list:\nPrice: 95 €" },
    { speaker: "User", text: "Thanks." },
    { speaker: "user", text: "Bye" },
  ];
  assert.deepEqual(turnsOf([{ role: "system", message: "x" }], transcript), turns);
  assert.deepEqual(turnsOf(null, transcript), turns);
  assert.deepEqual(turnsOf(undefined, null), []);
});

Deno.test("any line break ends a line, and no line takes longer than its length", () => {
  assert.deepEqual(turnsOf(null, "AI: hello\u2028there\r\nUser: yes\rno"), [
    { speaker: "AI", text: "hello\nthere" },
    { speaker: "User", text: "yes\nno" },
  ]);
  // A pattern that backtracks would take minutes for these.
  const blanks = " ".repeat(1_000_000);
  for (
    const text of [
      `AI:${blanks}x`,
      `AI${blanks}x`,
      `Wort${blanks}:${blanks}x`,
      "a ".repeat(500_000),
    ]
  ) {
    assert.equal(turnsOf(null, text).length, 1);
  }
});

Deno.test("labels of other languages are speakers too", () => {
  const turns = turnsOf(null, "Assistent: Guten Tag\nBenutzer: Ja, um 9:30 Uhr");
  assert.deepEqual(turns, [
    { speaker: "Assistent", text: "Guten Tag" },
    { speaker: "Benutzer", text: "Ja, um 9:30 Uhr" },
  ]);
});

Deno.test("the user spoke where a turn is the user's, or where two sides spoke", () => {
  assert(userSpoke(turnsOf(null, "AI: Hello\nUser: Hi")));
  assert(userSpoke(turnsOf(null, "USER: Hi")));
  assert(userSpoke(turnsOf(null, "Assistent: Hallo\nBenutzer: Ja")));
  assert(!userSpoke(turnsOf(null, "AI: Hello?\nAI: Anybody?")));
  assert(!userSpoke(turnsOf(null, "Assistent: Hallo")));
  assert(!userSpoke(turnsOf(null, "a text without labels\nAI: Hello")));
  assert(!userSpoke([]));
});
