import { assertRead } from "./support/transcript_table.ts";

Deno.test("a colon in ordinary speech makes no speaker", () => {
  assertRead([
    [
      "a list",
      "AI: The options are:\nMonday: nine\nTuesday: ten\nUser: Monday.",
      ["AI | The options are:\nMonday: nine\nTuesday: ten", "User | Monday."],
      true,
    ],
    [
      "a list that is read twice",
      "AI: The options are:\nMonday: nine\nUser: What?\nAI: Again:\nMonday: nine\nUser: Ok.",
      [
        "AI | The options are:\nMonday: nine",
        "User | What?",
        "AI | Again:\nMonday: nine",
        "User | Ok.",
      ],
      true,
    ],
    [
      "things that are said once",
      "AI: Hi.\nNote: bring keys\nTotal: 95 €\nhttp://example.com\n9:30\nUser: Well.\nMy answer: yes",
      [
        "AI | Hi.\nNote: bring keys\nTotal: 95 €\nhttp://example.com\n9:30",
        "User | Well.\nMy answer: yes",
      ],
      true,
    ],
    [
      "addresses and numbers that repeat",
      "AI: Hi.\nhttp://example.com\nhttp://example.com\nAt 9:30\nAt 9:30",
      ["AI | Hi.\nhttp://example.com\nhttp://example.com\nAt 9:30\nAt 9:30"],
      false,
    ],
    [
      "within sentences",
      "AI: Hi. One question: are you free? At 9:30 or ten?\nAI: Hm, user: hello?",
      ["AI | Hi. One question: are you free? At 9:30 or ten?", "AI | Hm, user: hello?"],
      false,
    ],
    ["names that stand once each", "AI: We open.\nMonday: nine\nTuesday: ten", [
      "AI | We open.\nMonday: nine\nTuesday: ten",
    ], undefined],
    [
      "a list before the other side's first word",
      "Mia: Die Zeiten:\nMontag: neun\nKunde: Montag\nMia: Gut.\nKunde: Ok.",
      ["Mia | Die Zeiten:\nMontag: neun", "Kunde | Montag", "Mia | Gut.", "Kunde | Ok."],
      true,
    ],
    ["a word for the other side, where that is there", "AI: Hi. Customer: Lee. Ok?\nUser: Yes.", [
      "AI | Hi. Customer: Lee. Ok?",
      "User | Yes.",
    ], true],
    ["a part of a name", "Mia Dr. Who: Yes.\nNote: a\nDr. Who: no.", [
      "Mia Dr. Who | Yes.\nNote: a\nDr. Who: no.",
    ], undefined],
    ["a word for the other side within a sentence", "AI: I call for our Client: Miller.", [
      "AI | I call for our Client: Miller.",
    ], false],
    ["a note within a turn between the two sides", "AI: Hi.\nUser: Ok.\nNote: bring keys", [
      "AI | Hi.",
      "User | Ok.\nNote: bring keys",
    ], true],
  ]);
});

Deno.test("whoever is not certain to be the assistant may be the other side", () => {
  assertRead([
    ["the user alone", "USER: Hi", ["USER | Hi"], true],
    [
      "the assistant alone",
      "AI: Hello?\nAI: Anybody?",
      ["AI | Hello?", "AI | Anybody?"],
      false,
    ],
    ["one name", "Assistent: Hallo", ["Assistent | Hallo"], undefined],
    ["one name, twice", "Mia: Hallo\nMia: Hm?", ["Mia | Hallo", "Mia | Hm?"], undefined],
    [
      "words before the first label",
      "a text without labels\nAI: Hello",
      ["Unknown | a text without labels", "AI | Hello"],
      undefined,
    ],
    ["no labels", "Hello?\nYes.", ["Unknown | Hello?\nYes."], undefined],
    ["nothing", " \n ", [], undefined],
    ["labels without words", "AI: Hello?\nUser:", ["AI | Hello?", "User | "], false],
    ["a name without words", "AI: Hello?\nJoe:", ["AI | Hello?", "Joe | "], false],
    ["one label without words", "AI:", ["AI | "], undefined],
    ["a squad that says so", "AI: Hi\nAgent Jo (AI): Hm?\nBilling AI: Ok", [
      "AI | Hi",
      "Agent Jo (AI) | Hm?",
      "Billing AI | Ok",
    ], false],
    [
      "a squad that says so, twice",
      "AI: Hi\nJo (AI): Hm?",
      ["AI | Hi", "Jo (AI) | Hm?"],
      false,
    ],
    ["a squad that does not", "AI: Hi\nBilling: Hm?", ["AI | Hi", "Billing | Hm?"], true],
    [
      "a squad and another",
      "AI: Hi\nJoe: Hm?\nAgent: Ok",
      ["AI | Hi", "Joe | Hm?", "Agent | Ok"],
      true,
    ],
    ["an agent", "Agent: Hi", ["Agent | Hi"], false],
    [
      "an agent whom the assistant called",
      "AI: Hi\nAgent: Yes?",
      ["AI | Hi", "Agent | Yes?"],
      undefined,
    ],
    [
      "an agent with a client",
      "Agent: Hi\nClient: Yes?",
      ["Agent | Hi", "Client | Yes?"],
      true,
    ],
    [
      "a given name has the last word",
      "AI: Hi\nAgent: Yes?",
      ["AI | Hi", "Agent | Yes?"],
      true,
      {
        userName: "agent",
      },
    ],
    [
      "a given name of the assistant's",
      "Mia: Hi\nMia: Hm?",
      ["Mia | Hi", "Mia | Hm?"],
      false,
      {
        assistantName: "Mia ",
      },
    ],
    [
      "given names with colons",
      "Desk: Rome: Hi\nCall me: Al: Yes",
      ["Desk: Rome | Hi", "Call me: Al | Yes"],
      true,
      { assistantName: "Desk: Rome", userName: "Call me: Al" },
    ],
    ["a given name that begins as decoration does", "#1 Pipes: Hi", ["#1 Pipes | Hi"], true, {
      userName: "#1 Pipes",
    }],
    ["one given name for both", "X: Hi\nX: Hi", ["X | Hi", "X | Hi"], undefined, {
      assistantName: "X",
      userName: "X",
    }],
  ]);
});
