import fc from "fast-check";
import assert from "node:assert/strict";
import { readConversation, textOf } from "../supabase/functions/_shared/transcript.ts";
import {
  decoration,
  dialogue,
  known,
  lineEnd,
  name,
  namesOf,
  spoken,
  turnsOf,
  twoNames,
  written,
} from "./support/conversations.ts";
import { holds, scaled } from "./support/property.ts";

Deno.test("reading what was written gives back the turns, and that both sides spoke", async (test) => {
  const cases = { dialogue, decoration, lineEnd };

  await test.step("whatever the speakers are called, if they speak twice", () =>
    holds(
      fc.record({ ...cases, names: fc.oneof(twoNames, known) }),
      async ({ dialogue, names, decoration, lineEnd }) => {
        const turns = turnsOf(dialogue, names);
        const transcript = written(turns, decoration, lineEnd);
        await assertRead({ transcript }, { turns, isHeard: true });
      },
      scaled(500),
    ));

  await test.step("or once, if nothing stands between their lines", () =>
    holds(
      fc.record({ ...cases, names: fc.oneof(twoNames, known), isReversed: fc.boolean() }),
      async ({ dialogue, names, decoration, lineEnd, isReversed }) => {
        const two = dialogue.slice(0, 2).map((one) => ({ ...one, asides: [] }));
        const turns = turnsOf(isReversed ? two.reverse() : two, names);
        const transcript = written(turns, decoration, lineEnd);
        await assertRead({ transcript }, { turns, isHeard: true });
      },
      scaled(500),
    ));

  await test.step("or once, if the payload has their names", () =>
    holds(
      fc.record({ ...cases, names: twoNames }),
      async ({ dialogue, names, decoration, lineEnd }) => {
        const two = dialogue.slice(1, 3).map((one) => ({ ...one, asides: [] }));
        const turns = turnsOf(two, names);
        const transcript = written(turns, decoration, lineEnd);
        const [assistantName, userName] = names;
        await assertRead({ transcript, assistantName, userName }, { turns, isHeard: true });
        const alone = turns.filter(({ speaker }) => speaker === userName);
        const ofUser = written(alone, decoration, lineEnd);
        await assertRead({ transcript: ofUser, userName }, { turns: alone, isHeard: true });
      },
      scaled(300),
    ));

  await test.step("all on one line, if nothing else repeats as a name does", () =>
    holds(
      fc.record({
        ...cases,
        names: fc.shuffledSubarray(["Mia", "O'Brien & Sons", "客服", "Ольга Петрова", "Joe-Al"], {
          minLength: 2,
          maxLength: 2,
        }),
      }),
      async ({ dialogue, names, decoration }) => {
        const plain = dialogue.map((one) => ({ ...one, sentence: "ja, morgen.", asides: [] }));
        const turns = turnsOf(plain, names);
        await assertRead({ transcript: written(turns, decoration, " ") }, { turns, isHeard: true });
      },
      scaled(300),
    ));

  await test.step("all on one line, if the speakers are known", () =>
    holds(
      fc.record({ ...cases, names: fc.oneof(twoNames, known) }),
      async ({ dialogue, names, decoration }) => {
        const [assistantName, userName] = names;
        const turns = turnsOf(dialogue.map((one) => ({ ...one, asides: [] })), names);
        const transcript = written(turns, decoration, " ");
        await assertRead({ transcript, assistantName, userName }, { turns, isHeard: true });
      },
      scaled(500),
    ));
});

Deno.test("of the assistant's words alone it is said that nobody else spoke, of a name's that nobody knows", () =>
  holds(
    fc.record({ dialogue, decoration, lineEnd, names: fc.oneof(twoNames, known) }),
    async ({ dialogue, decoration, lineEnd, names }) => {
      const alone = dialogue.map((one) => ({ ...one, isAssistant: true, asides: [] }));
      const turns = turnsOf(alone, names);
      const transcript = written(turns, decoration, lineEnd);
      const isKnown = /AI|Assistant|bot|Agent/.test(names[0]);
      await assertRead({ transcript }, { turns, isHeard: isKnown ? false : undefined });
      await assertRead({ transcript, assistantName: names[0] }, { turns, isHeard: false });
      await assertRead({ transcript, userName: names[0] }, { turns, isHeard: true });
    },
    scaled(300),
  ));

Deno.test("other names for the same speakers change nothing but the names", () =>
  holds(
    fc.record({
      dialogue: fc.array(spoken, { minLength: 1, maxLength: 6 }),
      decoration,
      lineEnd,
      names: namesOf(4).filter((names) =>
        // "Mia Dr. Who: yes" is a line of one, or a word before a line of "Dr. Who".
        names.every((one) => names.every((other) => one === other || !one.includes(other)))
      ),
    }),
    ({ dialogue, decoration, lineEnd, names: [a, b, c, d] }) => {
      const [first, ...others] = [[a, b], [b, a], [c, d], [d, a]].map((names) => {
        const transcript = written(turnsOf(dialogue, names), decoration, lineEnd);
        const { turns, isHeard } = readConversation({ transcript });
        return { isHeard, sides: turns.map(({ speaker }) => names.indexOf(speaker)) };
      });
      for (const other of others) assert.deepEqual(other, first);
      return Promise.resolve();
    },
    scaled(300),
  ));

/** Anything that looks a little like a transcript. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      ..."AI:|User:|user:|Mia:|Kunde：|Total:|Agent|Customer :|Unknown:|Joe & Co:|:|：|ok|Hi.|yes?|9:30"
        .split("|"),
      ...' | | | |\n|\n|\n|\r\n|\t|, |. |**|* |- |> |_|(|)|[|]|"|客服：|。|http://x|[00:12]|AI (0:12):'
        .split("|"),
    ),
    fc.string({ unit: "binary", maxLength: 4 }),
    name,
  ),
  { maxLength: 25 },
).map((pieces) => pieces.join(""));

Deno.test("of any text, every letter stands in a turn, in its order", () =>
  holds(pieces, (transcript) => {
    const letters = (text: string) => text.replaceAll(/[^\p{L}\p{M}\p{So}\p{Sc}&,?!。…]/gu, "");
    const { turns } = readConversation({ transcript });
    const read = letters(turns.map(({ speaker, text }) => speaker + text).join(""));
    assert(["", "Unknown"].some((label) => read === label + letters(transcript)), read);
    return Promise.resolve();
  }, scaled(2000)));

Deno.test("another line of the assistant's never makes the other side unheard", () =>
  holds(fc.tuple(pieces, fc.constantFrom("AI", "Assistant", "Mia (AI)")), ([transcript, label]) => {
    if (readConversation({ transcript }).isHeard) {
      const more = `${transcript}\n${label}: Good bye.`;
      assert.equal(readConversation({ transcript: more }).isHeard, true);
    }
    return Promise.resolve();
  }, scaled(3000)));

Deno.test("a line of the user's is always heard", () =>
  holds(fc.tuple(pieces, pieces), ([before, after]) => {
    const transcript = `${before}\nUser: Yes, please.\n${after}`;
    assert.equal(readConversation({ transcript }).isHeard, true);
    return Promise.resolve();
  }, scaled(1000)));

Deno.test("turns that were read and written as text are read as the same turns", () =>
  holds(
    fc.record({ dialogue, decoration, lineEnd, names: fc.oneof(twoNames, known) }),
    async ({ dialogue, decoration, lineEnd, names }) => {
      const transcript = written(turnsOf(dialogue, names), decoration, lineEnd);
      const read = readConversation({ transcript });
      await assertRead({ transcript: textOf(read.turns) }, read);
    },
    scaled(300),
  ));

function assertRead(
  words: Parameters<typeof readConversation>[0],
  expected: ReturnType<typeof readConversation>,
) {
  assert.deepEqual(readConversation(words), expected);
  return Promise.resolve();
}

Deno.test("Vapi's own labels are read as they are when the payload names them, too", () =>
  holds(
    fc.array(
      fc.tuple(
        fc.constantFrom("AI: ", "User: ", "AI:  ", "User: AI", ""),
        fc.oneof(
          spoken.map(({ sentence }) => sentence),
          fc.constantFrom("Note: bring keys", "9:30", "User: Hi", "AI : x", ""),
        ),
      ),
      { minLength: 1, maxLength: 6 },
    ),
    async (lines) => {
      const transcript = lines.map(([label, words]) => label + words).join("\n");
      assert.deepEqual(
        readConversation({ transcript }),
        readConversation({ transcript, assistantName: "AI", userName: "User" }),
      );
      await Promise.resolve();
    },
    scaled(500),
  ));
