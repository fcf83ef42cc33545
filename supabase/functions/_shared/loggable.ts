/** What a request's log line says beside its outcome: ids and statuses, never a transcript, a phone number or a token. */
export type LogFields = Record<string, string | number | null | undefined>;

/** These are sentences of our own; every other field is a word, or a list of words, that somebody may have sent. */
const SENTENCES = ["reason", "problems", "alerts"];
const MAX_SENTENCE = 500;
const MAX_WORDS = 20;
const UNUSUAL = "(unusual)";

/** A line's fields, of which whatever is not plain and short gives way to "(unusual)". */
export function loggable(fields: LogFields): LogFields {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (typeof value !== "string") return [name, typeof value === "object" ? null : value];
    return [name, SENTENCES.includes(name) ? sentence(value) : words(value)];
  });
  return Object.fromEntries(entries);
}

function sentence(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text.slice(0, MAX_SENTENCE) : UNUSUAL;
}

function words(text: string): string {
  return text.split(", ", MAX_WORDS).map(word).join(", ");
}

/** An id, a status, a path; nothing that reads like a phone number. */
function word(text: string): string {
  const isPlain = /^[\w.:-]{1,64}$/.test(text) && !/^[\d.:-]{7,20}$/.test(text);
  return isPlain ? text : UNUSUAL;
}
