/** One turn of a conversation, as `interaction_logs.transcript` holds it. */
export interface Turn {
  speaker: string;
  text: string;
}

/** A message of Vapi's `messages`; the other roles (system, tool calls) are no turns. */
export interface SpokenMessage {
  role?: string | null;
  message?: string | null;
}

const speakers: Record<string, string> = { assistant: "AI", bot: "AI", user: "User" };

/** Whether a message is a turn of the conversation. */
export function isSpoken({ role, message }: SpokenMessage): boolean {
  return role != null && Object.hasOwn(speakers, role) && Boolean(message?.trim());
}

/** The turns of a conversation: of its messages, or, without any, of its transcript's lines. */
export function turnsOf(
  messages: readonly SpokenMessage[] | null | undefined,
  transcript: string | null | undefined,
): Turn[] {
  const turns = (messages ?? []).filter(isSpoken)
    .map(({ role, message }) => ({ speaker: speakers[role!], text: message!.trim() }));
  return turns.length > 0 ? turns : turnsOfLines(transcript ?? "");
}

const vapiLabel = /^(AI|User)\s*:\s*(.*)$/i;
const anyLabel = /^(\p{L}[\p{L}\p{M}\p{N} ._-]{0,30}?)\s*:\s+(.*)$/u;
const unlabelled = "Unknown";

/** A labelled line begins a turn, any other goes on with it. Other languages have other labels. */
function turnsOfLines(transcript: string): Turn[] {
  const lines = transcript.split("\n").map((line) => line.trim()).filter(Boolean);
  const label = lines.some((line) => vapiLabel.test(line)) ? vapiLabel : anyLabel;
  const turns: Turn[] = [];
  for (const line of lines) {
    const [, speaker, text] = label.exec(line) ?? [];
    const last = turns.at(-1);
    if (speaker !== undefined) turns.push({ speaker, text });
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
