/** How the payload says that the transcript calls the two sides: Vapi's `transcriptPlan`. */
export interface SpeakerNames {
  assistantName?: string;
  userName?: string;
}

/**
 * On which side a speaker is. `agent` is the assistant, unless another one is there: then it can be
 * a person who took the call. `nobody` is how words are written whose speaker is not known.
 */
export type Side = "assistant" | "agent" | "user" | "nobody";

/** How words are labelled whose speaker is not known. */
export const UNKNOWN = "Unknown";

const sides = new Map<string, Side>([
  ["ai", "assistant"],
  ["ai agent", "assistant"],
  ["ai assistant", "assistant"],
  ["assistant", "assistant"],
  ["bot", "assistant"],
  ["virtual assistant", "assistant"],
  ["voice assistant", "assistant"],
  ["agent", "agent"],
  ["callee", "user"],
  ["caller", "user"],
  ["client", "user"],
  ["customer", "user"],
  ["human", "user"],
  ["user", "user"],
  [UNKNOWN.toLowerCase(), "nobody"],
]);

/** What is the same for two spellings of one name. */
export function keyOf(name: string): string {
  return name.normalize("NFKC").trim().replace(/\s+/gu, " ").toLowerCase();
}

/** The side of a speaker, as far as the name tells it. */
export function sideOf(name: string, names: SpeakerNames): Side | undefined {
  const [isAssistant, isUser] = [names.assistantName, names.userName]
    .map((given) => given !== undefined && keyOf(given) === keyOf(name));
  if (isAssistant && isUser) return undefined;
  if (isUser) return "user";
  if (isAssistant) return "assistant";
  return sides.get(keyOf(name)) ?? (saysAi.test(name) ? "assistant" : undefined);
}

const saysAi = /(?<![\p{L}\p{M}\p{N}])AI(?![\p{L}\p{M}\p{N}])/u;

/** Whether a name is a speaker's wherever it labels a line, and no word of ordinary speech. */
export function isKnown(name: string, names: SpeakerNames): boolean {
  const key = keyOf(name);
  return sides.has(key) ||
    [names.assistantName, names.userName].some((given) => given && keyOf(given) === key);
}

/** Whether a name says, in brackets, that it is the assistant's: `Receptionist (AI)`. */
export function isMarkedAi(name: string): boolean {
  return /[([（［]AI[)\]）］]/.test(name);
}

/**
 * Whether somebody but the assistant is among the speakers (undefined: words that nobody is known
 * to have said). Two names that differ are two sides, unless both say that they are the assistant.
 */
export function isOtherSideIn(
  speakers: Iterable<string | undefined>,
  names: SpeakerNames,
): boolean | undefined {
  const found = new Map<string, Side | undefined>();
  for (const speaker of speakers) {
    found.set(keyOf(speaker ?? UNKNOWN), speaker ? sideOf(speaker, names) : "nobody");
  }
  const all = [...found.values()];
  const named = all.filter((side) => side !== "nobody");
  if (named.includes("user")) return true;
  if (named.includes(undefined)) return named.length > 1 ? true : undefined;
  const isAssistant = named.length === 1 || (named.length > 1 && !named.includes("agent"));
  return isAssistant && named.length === all.length ? false : undefined;
}
