import type { Json } from "./database.types.ts";
import { type Issue, Problem } from "./problem.ts";

const MAX_DEPTH = 100;
/** An issue's path names no more levels than these. */
const MAX_PATH = 5;

/**
 * The JSON in a body.
 *
 * @throws {Problem} `invalid_json` for what is not JSON in UTF-8, `invalid_payload` for JSON that
 * Postgres cannot hold.
 */
export function parseJson(body: Uint8Array): Json {
  let value: Json;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Problem("invalid_json", "The body is not JSON in UTF-8. Build it with a serializer.");
  }
  const issue = findUnstorable(value, 0);
  if (issue) {
    throw new Problem("invalid_payload", `${issue.path || "The body"} ${issue.message}.`, {
      issues: [issue],
    });
  }
  return value;
}

/** A body as it is kept when it is rejected: as JSON if Postgres can hold it so, else as text. */
export function keepableJson(body: Uint8Array): Json {
  try {
    return parseJson(body);
  } catch {
    return textOf(body).replaceAll("\0", "\uFFFD");
  }
}

/** Bytes that are no UTF-8 are read as Latin-1, so that different ones stay different. */
function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return new TextDecoder("latin1").decode(body);
  }
}

/** What jsonb cannot hold as it is: NUL characters, unpaired surrogates, huge numbers, nesting without end. */
function findUnstorable(value: Json | undefined, depth: number): Issue | undefined {
  if (typeof value === "string") return findUnstorableText(value);
  if (typeof value === "number" && !Number.isFinite(value)) {
    return { path: "", message: "is too large a number" };
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (depth >= MAX_DEPTH) {
    return { path: "", message: `is nested deeper than ${MAX_DEPTH} levels` };
  }
  for (const [key, entry] of Object.entries(value)) {
    const inKey = findUnstorableText(key);
    if (inKey) return inKey;
    const found = findUnstorable(entry, depth + 1);
    if (found) return depth < MAX_PATH ? { ...found, path: joined(key, found.path) } : found;
  }
  return undefined;
}

/** A value of which Postgres can hold every part: what {@link parseJson} refuses is replaced. */
export function storable(value: Json, depth = 0): Json {
  if (typeof value === "string") return value.replaceAll("\0", "\uFFFD").toWellFormed();
  if (typeof value === "number" && !Number.isFinite(value)) return null;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((entry) => storable(entry, depth + 1));
  const entries = Object.entries(value)
    .map((
      [key, entry],
    ) => [storable(key), entry === undefined ? entry : storable(entry, depth + 1)]);
  return Object.fromEntries(entries);
}

function joined(key: string, path: string): string {
  return path ? `${key}.${path}` : key;
}

function findUnstorableText(text: string): Issue | undefined {
  if (text.includes("\0")) return { path: "", message: "contains a NUL character" };
  if (!text.isWellFormed()) return { path: "", message: "contains half of a surrogate pair" };
  return undefined;
}
