import { type Label, labelsWithin } from "./labels.ts";
import { isMarkedAi, isOtherSideIn, sideOf, type SpeakerNames } from "./speakers.ts";

/** A line, and what may be the label at its beginning. */
export interface Line {
  text: string;
  label: Label | undefined;
}

/** Which labels of a text are speakers, by their keys. */
export interface Speakers {
  keys: Set<string>;
  /** Speakers may be found at any word of a line. */
  atWords: boolean;
  /** No other label is left that could have been a speaker, too. */
  areAll: boolean;
}

/**
 * Decides for a transcript as a whole which of its labels are speakers.
 *
 * A name and a colon at the beginning of a line are a speaker
 * - if the name is known: AI, Assistant, User, Customer ..., or what the payload calls the two sides;
 * - if it labels two lines or more, or the first: there it continues nobody's words;
 * - if every line begins with a name, and those are of two sides at most.
 *
 * A line that ends in a colon begins a list, in which names that are not known ("Monday: nine") do not
 * count. Every other colon is ordinary speech, but leaves a doubt whether the assistant spoke alone.
 *
 * Within a line speakers are looked for at the beginning of sentences; where the lines begin with one
 * side only, known names and those that repeat there are speakers, too.
 */
export function speakersIn(lines: Line[], names: SpeakerNames): Speakers {
  const found = speakersAtLineStarts(lines, names);
  const spellings = lines.flatMap(({ label }) =>
    label && found.keys.has(label.key) ? [label.speaker] : []
  );
  const areBothSides = found.keys.size > 1 && isOtherSideIn(spellings, names) === true;
  return areBothSides ? found : withSpeakersWithin(lines, found, names);
}

interface Seen {
  speaker: string;
  isKnown: boolean;
  count: number;
  isOutsideLists: boolean;
}

function speakersAtLineStarts(lines: Line[], names: SpeakerNames): Speakers {
  const seen = new Map<string, Seen>();
  let isList = false;
  for (const { text, label } of lines) {
    const one = label && (seen.get(label.key) ?? {
      speaker: label.speaker,
      isKnown: label.isKnown || isMarkedAi(label.speaker),
      count: 0,
      isOutsideLists: false,
    });
    isList &&= one !== undefined && !one.isKnown && !one.isOutsideLists;
    if (one) {
      one.count++;
      one.isOutsideLists ||= !isList;
      seen.set(label.key, one);
    }
    isList ||= /[:：﹕∶]$/.test(text);
  }

  const all = [...seen.values()];
  const sides = [...seen].map(([key, { speaker }]) =>
    sideOf(speaker, names)?.replace("agent", "assistant") ?? key
  );
  const areTwoSides = lines.every(({ label }) => label) && new Set(sides).size <= 2;
  const keys = [...seen].filter(([key, { isKnown, count, isOutsideLists }]) =>
    isKnown || key === lines[0].label?.key || isOutsideLists && (count > 1 || areTwoSides)
  ).map(([key]) => key);
  return { keys: new Set(keys), atWords: false, areAll: keys.length === all.length };
}

function withSpeakersWithin(lines: Line[], found: Speakers, names: SpeakerNames): Speakers {
  const keys = new Set(found.keys);
  const candidates: string[][] = [];
  for (const { text, label } of lines) {
    const within = [...labelsWithin(text, firstWords(label, found.keys), names, true)];
    // The same colon may end several: "Ah! Miller & Sons:".
    for (const same of Map.groupBy(within, ({ end }) => end).values()) {
      const speaker = same.find(({ key, isKnown }) => isKnown || found.keys.has(key));
      const unknown = same.filter(({ speaker }) => isCapitalized(speaker)).map(({ key }) => key);
      if (speaker) keys.add(speaker.key);
      else if (unknown.length > 0) candidates.push(unknown);
    }
  }

  const counts = new Map<string, number>();
  for (const key of candidates.flat()) counts.set(key, (counts.get(key) ?? 0) + 1);
  let areAll = found.areAll;
  for (const same of candidates) {
    const often = same.reduce((one, other) => counts.get(other)! > counts.get(one)! ? other : one);
    if (counts.get(often)! > 1) keys.add(often);
    areAll &&= keys.has(often);
  }
  return { keys, atWords: true, areAll };
}

/** Where words begin: behind what may be a label, unless that is more than a name ("Yes. User:"). */
export function firstWords(label: Label | undefined, speakers: Set<string>): number {
  return label && (speakers.has(label.key) || !/[.!?…]\s/.test(label.speaker)) ? label.end : 0;
}

/** As a name is, within a line: no word begins with a small letter, and no sentence ends. */
function isCapitalized(name: string): boolean {
  return !/(^|\s)\p{Ll}|[.!?…]\s/u.test(name);
}
