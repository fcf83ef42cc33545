/** One turn of a conversation, as `interaction_logs.transcript` holds it. */
export interface Turn {
  speaker: string;
  text: string;
}

const speakers: Record<string, string> = { assistant: "AI", bot: "AI", user: "User" };

/** A message that is a turn of the conversation; those of the system and of tools are none. */
export interface SpokenMessage {
  role: string;
  message: string;
}

/** Whether one of Vapi's `messages`, whatever it is, is a turn of the conversation. */
export function isSpoken(message: unknown): message is SpokenMessage {
  const { role, message: text } = (message ?? {}) as Record<string, unknown>;
  return typeof role === "string" && Object.hasOwn(speakers, role) &&
    typeof text === "string" && text.trim() !== "";
}

/** The turns of a conversation: of its messages, or, without any, of its transcript's lines. */
export function turnsOf(
  messages: readonly unknown[] | null | undefined,
  transcript: string | null | undefined,
): Turn[] {
  const turns = (messages ?? []).filter(isSpoken)
    .map(({ role, message }) => ({ speaker: speakers[role], text: message.trim() }));
  return turns.length > 0 ? turns : turnsOfLines(transcript ?? "");
}

const vapiLabel = /^(AI|User)\s{0,3}:/i;
const anyLabel = /^(\p{L}[\p{L}\p{M}\p{N} ._-]{0,30}?)\s{0,3}:(?=\s|$)/u;
const unlabelled = "Unknown";

/** A labelled line begins a turn, any other goes on with it. Other languages have other labels. */
function turnsOfLines(transcript: string): Turn[] {
  const lines = transcript.split(/[\r\n\u2028\u2029]/).map((line) => line.trim()).filter(Boolean);
  const label = lines.some((line) => vapiLabel.test(line)) ? vapiLabel : anyLabel;
  const turns: Turn[] = [];
  for (const line of lines) {
    const [labelled, speaker] = label.exec(line) ?? [];
    const last = turns.at(-1);
    if (labelled) turns.push({ speaker, text: line.slice(labelled.length).trim() });
    else if (last) last.text += `\n${line}`;
    else turns.push({ speaker: unlabelled, text: line });
  }
  return turns;
}

/** The transcript as text: a line for each turn. */
export function textOf(turns: readonly Turn[]): string {
  return turns.map(({ speaker, text }) => `${speaker}: ${text}`).join("\n");
}

/**
 * Whether the other side said anything. Where the labels are of another language, two different
 * speakers mean that both sides spoke.
 */
export function userSpoke(turns: readonly Turn[]): boolean {
  const labels = new Set(turns.map(({ speaker }) => speaker.toLowerCase()));
  labels.delete(unlabelled.toLowerCase());
  return labels.has("user") || labels.size > 1;
}
export interface Words {
  messages?: unknown;
  openAiMessages?: unknown;
  transcript?: unknown;
  assistantName?: string;
  userName?: string;
}
export function readConversation({ messages, transcript }: Words) {
  const turns = turnsOf(messages as unknown[], transcript as string);
  return { turns, isHeard: turns.length === 0 ? undefined : userSpoke(turns) };
}
