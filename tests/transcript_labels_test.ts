import { assertRead } from "./support/transcript_table.ts";

Deno.test("a speaker may have any name", () => {
  assertRead([
    [
      "a customer beside the AI",
      "AI: Could you come on Friday?\nCustomer: Friday at nine works.\nAI: What would it cost?\nCustomer: Ninety dollars.",
      [
        "AI | Could you come on Friday?",
        "Customer | Friday at nine works.",
        "AI | What would it cost?",
        "Customer | Ninety dollars.",
      ],
      true,
    ],
    [
      "a name that repeats",
      "Seller: Hello, who is this?\nAI: I am calling about a dripping tap.\nSeller: We can come on Monday.\n",
      [
        "Seller | Hello, who is this?",
        "AI | I am calling about a dripping tap.",
        "Seller | We can come on Monday.",
      ],
      true,
    ],
    [
      "punctuation",
      "Receptionist (AI): Can you come on Friday?\nO'Brien & Sons: Yes, at nine.",
      ["Receptionist (AI) | Can you come on Friday?", "O'Brien & Sons | Yes, at nine."],
      true,
    ],
    [
      "a title and a hyphen",
      "Dr. Müller-Lüdenscheidt: Ja?\nMia: Guten Tag.\nDr. Müller-Lüdenscheidt: Um neun.",
      ["Dr. Müller-Lüdenscheidt | Ja?", "Mia | Guten Tag.", "Dr. Müller-Lüdenscheidt | Um neun."],
      true,
    ],
    [
      "numbers",
      "Speaker 1: Hello\nSpeaker 2: Hi\nSpeaker 1: Bye",
      ["Speaker 1 | Hello", "Speaker 2 | Hi", "Speaker 1 | Bye"],
      true,
    ],
    ["another script, and full-width colons", "客服：你好。\n客户：你好，明天九点。", [
      "客服 | 你好。",
      "客户 | 你好，明天九点。",
    ], true],
    ["from right to left", "الوكيل: مرحبا\nالعميل: نعم", ["الوكيل | مرحبا", "العميل | نعم"], true],
    ["emoji", "🤖: Hi\n👩🏽‍🔧: Yes", ["🤖 | Hi", "👩🏽‍🔧 | Yes"], true],
    [
      "quotes, commas, slashes",
      'Joe "The Pipe" Lee, Ltd.: Yes\nDesk / Bot: Hi',
      ['Joe "The Pipe" Lee, Ltd. | Yes', "Desk / Bot | Hi"],
      true,
    ],
    [
      "a telephone number",
      "+1 555 0100: Yes?\nAI: Hello",
      ["+1 555 0100 | Yes?", "AI | Hello"],
      true,
    ],
    ["any case", "ASSISTANT: Hi\nuser: yes", ["ASSISTANT | Hi", "user | yes"], true],
    ["a name once, between another's lines", "AI: Hi\nJoe: Yes?\nAI: Bye", [
      "AI | Hi",
      "Joe | Yes?",
      "AI | Bye",
    ], true],
    [
      "a squad, each once",
      "Anna (AI): One moment.\nBert (AI): Hi.\nUser: Hi.",
      ["Anna (AI) | One moment.", "Bert (AI) | Hi.", "User | Hi."],
      true,
    ],
    [
      "a squad by name",
      "Anna: One moment.\nBert: Hi.\nUser: Hi.\nBert: Bye.",
      ["Anna | One moment.", "Bert | Hi.", "User | Hi.", "Bert | Bye."],
      true,
    ],
  ]);
});

Deno.test("what decorates a label does not belong to the name", () => {
  const labels = [
    ["[00:12] AI:", "00:12 AI:", "(0:12) AI:", "AI (00:12):", "AI [10:00:12]:", "AI 00:12:"],
    ["[12s] AI:", "[00:01 --> 00:05] AI:", "10:00 AM - AI:", "00:12 | AI:", "- [00:12] **AI** :"],
    ["2026-11-20 10:00:00 AI:", "[2026-11-20T10:00:00.000Z] AI:", "00:00:12,345 AI:"],
    ["**AI:**", "**AI**:", "_AI_:", "* AI:", "- AI:", "– AI:", "> AI:", ">> **AI:**", "### AI:"],
    ["1. AI:", "`AI`:", "• AI:", "AI :", "AI   :", "AI\u00a0:", "AI\t:", "\u200eAI\u200e:", "AI："],
    ["[AI]:", "(AI):", '"AI":', "【AI】：", "AI:\u00a0", "AI:\t\t"],
  ].flat();
  for (const label of labels) {
    const user = label.replace("AI", "User");
    assertRead([
      [`${label} with the user`, `${label} Hello?\n${user} Hi, 9:30.`, [
        "AI | Hello?",
        "User | Hi, 9:30.",
      ], true],
      [`${label} alone`, `${label} Hello?\n${label} Hm.`, ["AI | Hello?", "AI | Hm."], false],
      [`${label} above its words`, `${label}\nHello?\n${user}\r\nHi.\u2028Yes.`, [
        "AI | Hello?",
        "User | Hi.\nYes.",
      ], true],
      [
        `${label} within a line`,
        `${label} Hello. ${user} Who is this? ${label} Me!`,
        ["AI | Hello.", "User | Who is this?", "AI | Me!"],
        true,
      ],
    ]);
  }
  assertRead([["marks that are the text's", "AI: *coughs* Hi\nUser:*hm*", [
    "AI | *coughs* Hi",
    "User | *hm*",
  ], true]]);
});

Deno.test("both sides may stand on one line", () => {
  assertRead([
    ["sentences", "AI: Hello. User: Hi, who is this? AI: Me.", [
      "AI | Hello.",
      "User | Hi, who is this?",
      "AI | Me.",
    ], true],
    ["an interrupted sentence", "AI: The person you're User: record your message, AI: Hi.", [
      "AI | The person you're",
      "User | record your message,",
      "AI | Hi.",
    ], true],
    ["marks behind emoji", "**Joe:** Ok 👍 **AI:** Hi. **Joe:** Ok 👍 **AI:** Bye.", [
      "Joe | Ok 👍",
      "AI | Hi.",
      "Joe | Ok 👍",
      "AI | Bye.",
    ], true],
    ["names that repeat", "Mia: Hallo. Kunde: Ja? Mia: Gut. Kunde: Tschüss.", [
      "Mia | Hallo.",
      "Kunde | Ja?",
      "Mia | Gut.",
      "Kunde | Tschüss.",
    ], true],
    ["no blanks", "客服：你好。客户：你好。客服：明天？客户：九点。", [
      "客服 | 你好。",
      "客户 | 你好。",
      "客服 | 明天？",
      "客户 | 九点。",
    ], true],
    [
      "a sentence before the other's name",
      "客服：你好\n好。客户：是\n客服：嗯\n客户：好\n客户：好",
      [
        "客服 | 你好\n好。",
        "客户 | 是",
        "客服 | 嗯",
        "客户 | 好",
        "客户 | 好",
      ],
      true,
    ],
    ["on several lines", "AI: Hello. User: Hi.\nAI: Free? User: Yes.", [
      "AI | Hello.",
      "User | Hi.",
      "AI | Free?",
      "User | Yes.",
    ], true],
    ["the user first", "User: Hello. AI: Hi.", ["User | Hello.", "AI | Hi."], true],
    [
      "a name that may be one, once",
      "AI: Hallo. Kunde: Ja.",
      ["AI | Hallo. Kunde: Ja."],
      undefined,
    ],
  ]);
});
