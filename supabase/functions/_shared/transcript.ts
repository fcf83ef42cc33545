import { readLabelledText } from "./labelled_text.ts";
import { isOtherSideIn, sideOf, type SpeakerNames, UNKNOWN } from "./speakers.ts";

/** One turn of a conversation, as `interaction_logs.transcript` holds it. */
export interface Turn {
  speaker: string;
  text: string;
}

/** A conversation, and who took part in it. */
export interface Conversation {
  turns: Turn[];
  /**
   * True: somebody but the assistant spoke. False: the words are known, and the assistant alone spoke.
   * Undefined: no words, or words of which it is not certain who spoke.
   */
  isHeard: boolean | undefined;
}

/** Where the words of a call may stand in what a source says of it. */
export interface Words extends SpeakerNames {
  /** Vapi's messages: a list; anything else counts as none. */
  messages?: unknown;
  /** `messagesOpenAIFormatted`: read only when nothing else has words. */
  openAiMessages?: unknown;
  /** Text; or a list of messages, turns or lines, as some send it. */
  transcript?: unknown;
}

/** A message that is a turn of the conversation; those of the system and of tools are none. */
export interface SpokenMessage {
  role: string;
  message?: unknown;
  content?: unknown;
  isFiltered?: unknown;
}

/** Whether one of Vapi's `messages`, whatever it is, is a turn of the conversation. */
export function isSpoken(message: unknown): message is SpokenMessage {
  const { speaker, isRole, text } = entryOf(message);
  return isRole && speakerOfRole(speaker!) !== undefined && text !== "";
}

/**
 * The turns of a call, and whether the other side spoke: by its messages, or by its transcript where
 * that has the words of a side that the messages lack.
 */
export function readConversation(words: Words): Conversation {
  const messages = readMessages(words.messages);
  // Both sides are there: nobody has to look at the labels of a long text.
  if (messages.isHeard && speakersOf(messages) > 1) return messages;
  const transcript = readTranscript(words.transcript, namesIn(words));
  if (!hasWords(messages)) {
    const openAi = hasWords(transcript) ? transcript : readMessages(words.openAiMessages);
    return hasWords(openAi) ? openAi : transcript;
  }
  if (transcript.isHeard && (!messages.isHeard || speakersOf(transcript) > speakersOf(messages))) {
    return transcript;
  }
  // Words of nobody knows whom, which the messages do not have: they may be the other side's.
  const isDoubtful = messages.isHeard === false && transcript.isHeard === undefined &&
    hasWords(transcript) && lettersOf(transcript) !== lettersOf(messages);
  if (!isDoubtful) return messages;
  const isLonger = lettersOf(transcript).length > lettersOf(messages).length;
  return { turns: (isLonger ? transcript : messages).turns, isHeard: undefined };
}

/** The transcript as text: a line for each turn. */
export function textOf(turns: readonly Turn[]): string {
  return turns.map(({ speaker, text }) => `${speaker}: ${text}`).join("\n");
}

function readMessages(messages: unknown): Conversation {
  const entries = (Array.isArray(messages) ? messages : []).map(entryOf)
    .filter(({ speaker, isRole, text }) => isRole && text && !isSilent(speaker!));
  const turns = entries.flatMap(({ speaker: role, text }) => {
    const speaker = speakerOfRole(role!);
    return speaker ? [{ speaker, text }] : [];
  });
  const isHeard = isOtherSideIn(turns.map(({ speaker }) => speaker), {});
  // A role that is not known may be the other side's.
  const isDoubtful = isHeard === false && turns.length < entries.length;
  return { turns, isHeard: isDoubtful ? undefined : isHeard };
}

/** A name of more than 100 characters is none; to look for it everywhere would take its time. */
function namesIn({ assistantName, userName }: Words): SpeakerNames {
  const nameIn = (value: unknown) =>
    typeof value === "string" && value.length <= 100 && value.trim() || undefined;
  return { assistantName: nameIn(assistantName), userName: nameIn(userName) };
}

function readTranscript(transcript: unknown, names: SpeakerNames): Conversation {
  if (Array.isArray(transcript)) return readList(transcript, names);
  if (typeof transcript !== "string") return { turns: [], isHeard: undefined };
  const list = listIn(transcript);
  return list?.some((item) => entryOf(item).speaker)
    ? readList(list, names)
    : readLabelledText(transcript, names);
}

/** A template that renders a list may have made text of it. */
function listIn(text: string): unknown[] | undefined {
  if (!/^\s*\[\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readList(list: readonly unknown[], names: SpeakerNames): Conversation {
  const entries = list.map(entryOf).filter(({ text }) => text);
  if (!entries.some(({ speaker }) => speaker)) {
    return readLabelledText(entries.map(({ text }) => text).join("\n"), names);
  }
  const spoken = entries.filter(({ speaker }) => !speaker || !isSilent(speaker));
  return {
    turns: spoken.map(({ speaker = UNKNOWN, isRole, text }) => ({
      speaker: isRole && speakerOfRole(speaker) || speaker,
      text,
    })),
    isHeard: isOtherSideIn(spoken.map(({ speaker }) => speaker), names),
  };
}

interface Entry {
  speaker: string | undefined;
  isRole: boolean;
  /** Empty where nothing was said. */
  text: string;
}

function entryOf(item: unknown): Entry {
  if (typeof item === "string") return { speaker: undefined, isRole: false, text: item.trim() };
  const { role, speaker, name, message, content, text, isFiltered } = Object(item ?? {});
  const said = [message, content, text].map(wordsIn).find(Boolean) ??
    (isFiltered === true ? "[FILTERED]" : "");
  const label = [role, speaker, name].find((label) => typeof label === "string" && label.trim());
  return { speaker: label?.trim(), isRole: !!label && label === role, text: said };
}

/** A text, or the texts in OpenAI's list of parts: `[{"type": "text", "text": "Hello"}]`. */
function wordsIn(value: unknown): string {
  if (typeof value === "string") return value.trim();
  if (!Array.isArray(value)) return "";
  return value.map((part) => typeof part === "string" ? part : part?.text)
    .filter((text) => typeof text === "string" && text.trim()).join("\n").trim();
}

function speakerOfRole(role: string): "AI" | "User" | undefined {
  const side = sideOf(role, {});
  if (side === "user") return "User";
  return side === "assistant" || side === "agent" ? "AI" : undefined;
}

function isSilent(role: string): boolean {
  return /^(system|developer|function|tool)/i.test(role);
}

function hasWords({ turns }: Conversation): boolean {
  return turns.some(({ text }) => text !== "");
}

function speakersOf({ turns }: Conversation): number {
  return new Set(turns.filter(({ text }) => text).map(({ speaker }) => speaker)).size;
}

function lettersOf({ turns }: Conversation): string {
  return turns.map(({ text }) => text).join("").replaceAll(/[^\p{L}\p{N}]+/gu, "");
}
