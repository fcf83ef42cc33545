import { isKnown, keyOf, type SpeakerNames } from "./speakers.ts";

/** What may be the label of a speaker in a line: `**Dr. Müller (00:12):**`. */
export interface Label {
  /** Where it begins in its line, decoration and all, and where its words begin. */
  start: number;
  end: number;
  /** The name as it is written, without decoration, and what its spellings have in common. */
  speaker: string;
  key: string;
  isKnown: boolean;
}

const colon = "[:：﹕∶]";
const clock = String.raw`\d{1,4}(?::\d{2}){1,2}(?:[.,]\d{1,6})?(?:\s?[AaPp]\.?[Mm]\.?)?`;
const moment = String.raw`(?:\d{4}-\d{2}-\d{2}[T ])?${clock}(?:Z|[+-]\d{2}:?\d{2})?`;
const span = String.raw`${moment}(?:\s{0,2}(?:-->|[-–—→])\s{0,2}${moment})?`;
const seconds = String.raw`\d{1,6}(?:\.\d{1,3})?\s?s`;
const time = String.raw`(?:[\[(<]\s{0,2}(?:${span}|${seconds})\s{0,2}[\])>]|${span})`;
const marks = "*_~`";
const invisible = String.raw`\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069`;

// Every repetition has a bound, so that no line takes longer than its length.
const bullet = String.raw`[\s${marks}${invisible}#>|•·–—-]|\d{1,4}[.)](?=\s)`;
const opening = new RegExp(`(?:${bullet}|${time}(?=[\\s${marks}|–—-])){0,24}`, "yu");
const closing = String.raw`(?:\s{0,3}${time})?[\s${marks}${invisible}]{0,6}${colon}`;
const closed = new RegExp(closing, "yu");
const named = new RegExp(`([^:：﹕∶]{1,80}?)${closing}`, "yu");
/** No label's colon is farther from its beginning. */
const REACH = 400;
const pairs = ["[]", "()", "<>", '""', "''", "“”", "«»", "„“", "【】", "「」", "（）", "［］"];

/** The label that begins at a place in a line, if one does. A sentence, an address, a number: none. */
export function labelAt(line: string, at: number, names: SpeakerNames): Label | undefined {
  opening.lastIndex = at;
  const decoration = opening.exec(line)?.[0] ?? "";
  const from = at + decoration.length;
  const found = givenNameAt(line, [at, from], names) ?? nameAt(line, from);
  if (!found) return undefined;
  const speaker = withoutPair(found.name);
  const known = isKnown(speaker, names);
  if (!known && (!isName(speaker) || /^[\d/\\:：]/.test(line.slice(found.end, found.end + 1)))) {
    return undefined;
  }
  const emphasis = new RegExp(`[${marks}]*$`).exec(decoration)![0];
  const isClosedBehind = emphasis !== "" && line.startsWith(emphasis, found.end);
  const end = found.end + (isClosedBehind ? emphasis.length : 0);
  return { start: at, end, speaker, key: keyOf(speaker), isKnown: known };
}

type Found = { name: string; end: number } | undefined;

function nameAt(line: string, from: number): Found {
  named.lastIndex = from;
  const name = named.exec(line)?.[1];
  return name ? { name, end: named.lastIndex } : undefined;
}

/** A name that the payload gives may be longer, hold a colon, or begin as decoration does. */
function givenNameAt(line: string, places: number[], names: SpeakerNames): Found {
  for (const given of [names.assistantName, names.userName]) {
    for (const from of given ? places : []) {
      const end = from + given!.length;
      closed.lastIndex = end;
      if (!closed.test(line) || keyOf(line.slice(from, end)) !== keyOf(given!)) continue;
      return { name: line.slice(from, end), end: closed.lastIndex };
    }
  }
}

function withoutPair(name: string): string {
  const pair = pairs.find(([open, close]) => name.startsWith(open) && name.endsWith(close));
  const inner = name.slice(1, -1).trim();
  return pair && inner && ![...pair].some((mark) => inner.includes(mark)) ? inner : name;
}

/** Abbreviations may stand in a name ("Dr. Müller", "Miller Inc. Berlin"), the end of a sentence may not. */
function isName(name: string): boolean {
  return /[\p{L}\p{N}\p{So}]/u.test(name) &&
    !/\p{L}{5}\.\s|[!?…]\s|[。！？]|\s[*_~`]/u.test(name);
}

/**
 * The labels within a line, behind a place: at the beginning of its sentences and, `atWords`, Vapi's own
 * and the given names at any of its words, since callers are interrupted.
 */
export function* labelsWithin(
  line: string,
  from: number,
  names: SpeakerNames,
  atWords: boolean,
): Generator<Label> {
  const places = /(\S)\s+(?=\S)|[.!?…。！？](?=\p{L})/gu;
  const colons = new RegExp(colon, "gu");
  let next = 0;
  places.lastIndex = from;
  for (const place of line.matchAll(places)) {
    const at = place.index + place[0].length;
    if (next < at) {
      colons.lastIndex = at;
      next = colons.exec(line)?.index ?? Infinity;
    }
    if (next - at > REACH) continue;
    const before = place[1] ?? ".";
    if (/[:：﹕∶]/.test(before)) continue;
    const isSentence = !/[\p{L}\p{N},;，、；]/u.test(before);
    if (!isSentence && !atWords) continue;
    const label = labelAt(line, at, names);
    const own = ["AI", "User", names.assistantName, names.userName];
    if (label && (isSentence || own.includes(label.speaker))) yield label;
  }
}
