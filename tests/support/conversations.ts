import fc from "fast-check";
import type { Turn } from "../../supabase/functions/_shared/transcript.ts";

const word = fc.constantFrom(
  ..."Mia Joe Zoë O'Brien Müller-Lüdenscheidt García 客服 客户 Ольга سارة שרה Ñandú 24h Ltd A.B."
    .split(" "),
  "Dr. Who",
  'Al "Pipe" Lee',
  "Nguyễn",
  "👩🏽‍🔧",
);
/** A name that is no word for the assistant or the user, of whatever characters. */
export const name = fc.tuple(
  word,
  fc.array(fc.tuple(fc.constantFrom(" ", " & ", ", ", " / ", "-", "+", "  "), word), {
    maxLength: 2,
  }),
  fc.constantFrom("", "", " (Berlin)", " #2", "®", " [x]", "'s", "."),
).map(([first, more, end]) => first + more.flat().join("") + end);

/** Words that end a sentence and begin none that could be a name. */
const sentence = fc.tuple(
  fc.constantFrom(
    ..."yes|at 9:30, or 10:15|see http://example.com/a:b|my answer: yes|ok — 95 €|ja, morgen|好的"
      .split("|"),
  ),
  fc.constantFrom(".", "?", "!", "。", " 👍"),
).map((parts) => parts.join(""));
/** A line that begins as one with a label does; no two are alike. */
const aside = fc.constantFrom("Note #: bring keys", "Total #: 95 €", "and # more", "#: 12");

/** How a label may be written. */
export const decoration = fc.constantFrom<(name: string, index: number) => string>(
  (name) => `${name}: `,
  (name) => `${name}：`,
  (name) => `${name} : `,
  (name) => `${name}\u00a0:\t`,
  (name) => `**${name}:** `,
  (name) => `**${name}**: `,
  (name) => `- _${name}_: `,
  (name) => `> ${name}: `,
  (name, index) => `[00:${10 + (index % 50)}] ${name}: `,
  (name, index) => `${index % 10}:05 ${name}: `,
  (name, index) => `${name} (00:0${index % 10}): `,
  (name, index) => `* ${name} [10:00:0${index % 10}]: `,
);

/** One turn to be. */
export interface Spoken {
  isAssistant: boolean;
  sentence: string;
  asides: string[];
}
/** Any turn. */
export const spoken = fc.record({
  isAssistant: fc.boolean(),
  sentence,
  asides: fc.array(aside, { maxLength: 2 }),
});
/** In which each side speaks twice or more. */
export const dialogue = fc.tuple(
  fc.array(spoken, { minLength: 4, maxLength: 8 }),
  fc.boolean(),
).map(([all, isAssistantFirst]) =>
  all.map((one, i) => i < 4 ? { ...one, isAssistant: (i % 2 === 0) === isAssistantFirst } : one)
);
/** So many names, of which no two are the same but for case and blanks. */
export const namesOf = (length: number) =>
  fc.uniqueArray(name, {
    minLength: length,
    maxLength: length,
    selector: (name) => name.normalize("NFKC").toLowerCase().replace(/\s+/g, " "),
  });
/** The assistant's and the user's, of which nobody knows whose is whose. */
export const twoNames = namesOf(2);
/** Names that say whose they are. */
export const known = fc.tuple(
  fc.constantFrom("AI", "Assistant", "bot", "Agent", "Mia (AI)"),
  fc.constantFrom("User", "customer", "CALLER", "Client", "Human"),
);

/** The turns that are to be read. */
export function turnsOf(dialogue: Spoken[], [assistant, user]: readonly string[]): Turn[] {
  let asidesBefore = 0;
  return dialogue.map(({ isAssistant, sentence, asides }) => ({
    speaker: isAssistant ? assistant : user,
    text: [sentence, ...asides.map((aside) => aside.replace("#", `x${asidesBefore++}`))].join("\n"),
  }));
}

/** The transcript in which they stand. */
export function written(
  turns: Turn[],
  label: (name: string, index: number) => string,
  end: string,
) {
  return turns.map(({ speaker, text }, index) => label(speaker, index) + text).join(end);
}

/** What may stand between two lines. */
export const lineEnd = fc.constantFrom("\n", "\r\n", "\n\n", "\u2028", " \n\t");
