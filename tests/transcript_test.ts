import assert from "node:assert/strict";
import { readConversation, textOf, type Turn } from "../supabase/functions/_shared/transcript.ts";

/** A turn in short. */
function turn(speaker: string, text: string): Turn {
  return { speaker, text };
}

function read(transcript: unknown) {
  return readConversation({ transcript });
}

const bot = (message: string) => ({ role: "bot", message });
const user = (message: string) => ({ role: "user", message });

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
  const turns = [turn("AI", "Hello?"), turn("AI", "Are you there?"), turn("User", "Sí.")];
  assert.deepEqual(readConversation({ messages, transcript: "AI: something else" }), {
    turns,
    isHeard: true,
  });
  assert.equal(textOf(turns), "AI: Hello?\nAI: Are you there?\nUser: Sí.");
});

Deno.test("what is no list of messages counts as none", () => {
  for (const messages of [undefined, null, "AI: Hi", 7, {}, [], [null, 7, "x", [], { role: 7 }]]) {
    assert.deepEqual(readConversation({ messages }), { turns: [], isHeard: undefined });
  }
});

Deno.test("the words of a message stand in message, else in content, as OpenAI has it", () => {
  const messages = [
    { role: "assistant", content: "Hello?" },
    { role: "bot", message: "", content: "Are you there?" },
    { role: "assistant", content: null, tool_calls: [{ id: "1" }] },
    { role: "tool", content: "It rains." },
    { role: "developer", content: "Be brief." },
    {
      role: "user",
      content: [{ type: "text", text: "Yes," }, { type: "image_url" }, {
        type: "text",
        text: "at nine.",
      }],
    },
  ];
  const turns = [
    turn("AI", "Hello?"),
    turn("AI", "Are you there?"),
    turn("User", "Yes,\nat nine."),
  ];
  assert.deepEqual(readConversation({ messages }), { turns, isHeard: true });
  assert.deepEqual(readConversation({ openAiMessages: messages }), { turns, isHeard: true });
  assert.deepEqual(
    readConversation({ transcript: "AI: Hi", openAiMessages: messages }),
    { turns: [turn("AI", "Hi")], isHeard: false },
  );
});

Deno.test("a user whose words Vapi's security filter took away spoke all the same", () => {
  const messages = [bot("Hi"), { role: "user", message: "", isFiltered: true }];
  assert.deepEqual(readConversation({ messages }), {
    turns: [turn("AI", "Hi"), turn("User", "[FILTERED]")],
    isHeard: true,
  });
});

Deno.test("messages of the assistant alone mean that nobody else spoke, unless a role is not known", () => {
  const messages = [{ role: "system", message: "x" }, bot("Hi"), { role: "tool_calls" }];
  assert.equal(readConversation({ messages }).isHeard, false);
  assert.equal(
    readConversation({ messages: [...messages, { role: "callee_2", message: "Yes" }] }).isHeard,
    undefined,
  );
});

Deno.test("of messages and transcript, the one that has the other side stands; of two, the messages", () => {
  const both = "AI: Are you free?\nUser: Yes.";
  const cases: [string, unknown[], string, Turn[], boolean | undefined][] = [
    [
      "the transcript has the user",
      [bot("Free?")],
      both,
      [turn("AI", "Are you free?"), turn("User", "Yes.")],
      true,
    ],
    [
      "the messages have the user",
      [bot("Free?"), user("Sí")],
      "AI: Are you free?",
      [turn("AI", "Free?"), turn("User", "Sí")],
      true,
    ],
    [
      "both have both",
      [bot("Free?"), user("Sí")],
      both,
      [turn("AI", "Free?"), turn("User", "Sí")],
      true,
    ],
    ["the messages lack the assistant", [user("Yes.")], both, [
      turn("AI", "Are you free?"),
      turn("User", "Yes."),
    ], true],
    ["neither has the user", [bot("Free?")], "AI: Free?", [turn("AI", "Free?")], false],
    ["the transcript calls the assistant by name", [bot("Free?"), bot("Hm?")], "Mia: Free? Hm?", [
      turn("AI", "Free?"),
      turn("AI", "Hm?"),
    ], false],
    ["the transcript has words of nobody knows whom", [bot("Free?")], "Free? Yes.", [
      turn("Unknown", "Free? Yes."),
    ], undefined],
    ["the transcript is of white space", [bot("Free?")], " \n", [turn("AI", "Free?")], false],
  ];
  for (const [name, messages, transcript, turns, isHeard] of cases) {
    assert.deepEqual(readConversation({ messages, transcript }), { turns, isHeard }, name);
  }
});

Deno.test("a list in place of the transcript is read as what it is: messages, turns or lines", () => {
  const turns = [turn("AI", "Free?"), turn("User", "Yes.")];
  const conversation = { turns, isHeard: true };
  assert.deepEqual(read([bot("Free?"), { role: "system", message: "x" }, user("Yes.")]), {
    ...conversation,
  });
  assert.deepEqual(read(turns), conversation);
  assert.deepEqual(read(["AI: Free?", "User: Yes."]), conversation);
  assert.deepEqual(read([{ text: "AI: Free?" }, { text: "User: Yes." }]), conversation);
  assert.deepEqual(read(JSON.stringify(turns)), conversation);
  assert.deepEqual(read(JSON.stringify([bot("Free?"), user("Yes.")], null, 2)), conversation);
  assert.deepEqual(
    read([{ speaker: "Mia (AI)", text: "Free?" }, { speaker: "Joe & Sons", text: "Yes." }]),
    { turns: [turn("Mia (AI)", "Free?"), turn("Joe & Sons", "Yes.")], isHeard: true },
  );
  assert.deepEqual(read([{ speaker: "AI", text: "Free?" }, "Yes."]), {
    turns: [turn("AI", "Free?"), turn("Unknown", "Yes.")],
    isHeard: undefined,
  });
  assert.deepEqual(read([7, null, {}]), { turns: [], isHeard: undefined });
  assert.equal(read('[{"a": 1}]').isHeard, undefined);
});

Deno.test("without messages, turns come from the transcript's lines", () => {
  const transcript = "AI: The list:\nPrice: 95 €\n\nUser: Thanks.\r\nuser:Bye\n";
  const conversation = {
    turns: [turn("AI", "The list:\nPrice: 95 €"), turn("User", "Thanks."), turn("user", "Bye")],
    isHeard: true,
  };
  assert.deepEqual(
    readConversation({ messages: [{ role: "system", message: "x" }], transcript }),
    conversation,
  );
  assert.deepEqual(readConversation({ messages: null, transcript }), conversation);
  assert.deepEqual(readConversation({ transcript: null }), { turns: [], isHeard: undefined });
});

Deno.test("any line break ends a line, and no line takes longer than its length", () => {
  assert.deepEqual(read("AI: hello\u2028there\r\nUser: yes\rno").turns, [
    turn("AI", "hello\nthere"),
    turn("User", "yes\nno"),
  ]);
  // A pattern that backtracks would take minutes for these.
  const blanks = " ".repeat(1_000_000);
  const texts = [
    `AI:${blanks}x`,
    `AI${blanks}x`,
    `Wort${blanks}:${blanks}x`,
    "a ".repeat(500_000),
    ":".repeat(1_000_000),
    "：".repeat(1_000_000),
    "A: ".repeat(333_333),
    "AI: ".repeat(250_000),
    "*".repeat(1_000_000),
    "* ".repeat(500_000),
    ". ".repeat(500_000),
    ". a:".repeat(250_000),
    "- * _ :9".repeat(125_000),
    "00:12 ".repeat(160_000),
    "[00:12".repeat(160_000),
    "([<".repeat(333_333),
    "1. ".repeat(333_333),
    "a".repeat(1_000_000),
    "A. b C ".repeat(140_000),
    '[{"'.repeat(333_333),
  ];
  for (const text of texts) assert.equal(read(text).turns.length, 1, text.slice(0, 20));
  assert.equal(read(blanks).turns.length, 0);
  assert.equal(read("\n".repeat(1_000_000)).turns.length, 0);
  assert.equal(read("AI: a\n".repeat(100_000)).turns.length, 100_000);
  assert.equal(read("AI: a. User: b. ".repeat(50_000)).turns.length, 100_000);
  const transcript = "a. a: ".repeat(150_000);
  const assistantName = "a. a: ".repeat(10_000).slice(0, -2);
  assert.equal(readConversation({ transcript, assistantName }).turns.length, 1);
  const names = Array.from({ length: 50_000 }, (_, i) => `Speaker ${i}: a\nSpeaker ${i}: b\n`);
  assert.equal(read(names.join("")).turns.length, 100_000);
});

Deno.test("labels of other languages are speakers too", () => {
  assert.deepEqual(read("Assistent: Guten Tag\nBenutzer: Ja, um 9:30 Uhr"), {
    turns: [turn("Assistent", "Guten Tag"), turn("Benutzer", "Ja, um 9:30 Uhr")],
    isHeard: true,
  });
});
