import { labelAt, labelsWithin } from "./labels.ts";
import { firstWords, type Line, type Speakers, speakersIn } from "./speaker_labels.ts";
import { isOtherSideIn, type SpeakerNames, UNKNOWN } from "./speakers.ts";
import type { Conversation, Turn } from "./transcript.ts";

/** Reads a transcript whose lines, or whose sentences, begin with the speakers' names. */
export function readLabelledText(text: string, names: SpeakerNames): Conversation {
  const texts = text.split(/[\r\n\v\f\u0085\u2028\u2029]/).map((line) => line.trim())
    .filter(Boolean);
  const plain = names.assistantName ?? names.userName ? undefined : plainTurns(texts);
  if (plain) return { turns: plain, isHeard: true };
  const lines = texts.map((text) => ({ text, label: labelAt(text, 0, names) }));
  const speakers = speakersIn(lines, names);
  const turns = splitIntoTurns(lines, speakers, names);
  const spoke = turns.filter(({ text }) => text).map(({ speaker }) => speaker);
  const isHeard = isOtherSideIn(spoke, names);
  return {
    turns: turns.map(({ speaker = UNKNOWN, text }) => ({ speaker, text })),
    isHeard: isHeard === false && !speakers.areAll ? undefined : isHeard,
  };
}

const plainLine = /^(AI|User): +(?!.*(?:AI|User)[^\p{L}\p{N}]{0,20}[:：﹕∶])(\S.*)$/u;

/** The turns of a text as Vapi writes it by default, without a look at what else could be a label: most are. */
function plainTurns(lines: string[]): Turn[] | undefined {
  const turns: Turn[] = [];
  for (const line of lines) {
    const [matches, speaker, text] = plainLine.exec(line) ?? [];
    if (!matches) return undefined;
    turns.push({ speaker, text });
  }
  return new Set(turns.map(({ speaker }) => speaker)).size === 2 ? turns : undefined;
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
