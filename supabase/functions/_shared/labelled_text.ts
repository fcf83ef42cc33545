import { labelAt, labelsWithin } from "./labels.ts";
import { firstWords, type Line, type Speakers, speakersIn } from "./speaker_labels.ts";
import { isOtherSideIn, type SpeakerNames, UNKNOWN } from "./speakers.ts";
import type { Conversation } from "./transcript.ts";

/** Reads a transcript whose lines, or whose sentences, begin with the speakers' names. */
export function readLabelledText(text: string, names: SpeakerNames): Conversation {
  const lines = text.split(/[\r\n\v\f\u0085\u2028\u2029]/).map((line) => line.trim())
    .filter(Boolean).map((text) => ({ text, label: labelAt(text, 0, names) }));
  const speakers = speakersIn(lines, names);
  const turns = splitIntoTurns(lines, speakers, names);
  const spoke = turns.filter(({ text }) => text).map(({ speaker }) => speaker);
  const isHeard = isOtherSideIn(spoke, names);
  return {
    turns: turns.map(({ speaker = UNKNOWN, text }) => ({ speaker, text })),
    isHeard: isHeard === false && !speakers.areAll ? undefined : isHeard,
  };
}

/** A turn whose speaker may not be known. */
interface Part {
  speaker: string | undefined;
  text: string;
}

function splitIntoTurns(lines: Line[], speakers: Speakers, names: SpeakerNames): Part[] {
  const turns: Part[] = [];
  for (const { text, label } of lines) {
    const begins = label && speakers.keys.has(label.key) ? [label] : [];
    let end = begins[0]?.end ?? 0;
    const behind = firstWords(label, speakers.keys);
    for (const within of labelsWithin(text, behind, names, speakers.atWords)) {
      if (within.start < end || !speakers.keys.has(within.key)) continue;
      begins.push(within);
      end = within.end;
    }

    const before = text.slice(0, begins[0]?.start).trim();
    const last = turns.at(-1);
    if (before && last) last.text += last.text ? `\n${before}` : before;
    else if (before) turns.push({ speaker: undefined, text: before });
    for (const [index, { speaker, end }] of begins.entries()) {
      turns.push({ speaker, text: text.slice(end, begins[index + 1]?.start).trim() });
    }
  }
  return turns;
}
