import type { Json } from "./database.types.ts";
import { type Issue, Problem } from "./problem.ts";

const MAX_DEPTH = 100;

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
    return new TextDecoder().decode(body).replaceAll("\0", "\uFFFD");
  }
}

/** What jsonb refuses: NUL characters, unpaired surrogates, and nesting without end. */
function findUnstorable(value: Json | undefined, depth: number): Issue | undefined {
  if (typeof value === "string") return findUnstorableText(value);
  if (typeof value !== "object" || value === null) return undefined;
  if (depth >= MAX_DEPTH) {
    return { path: "", message: `is nested deeper than ${MAX_DEPTH} levels` };
  }
  for (const [key, entry] of Object.entries(value)) {
    const inKey = findUnstorableText(key);
    if (inKey) return inKey;
    const found = findUnstorable(entry, depth + 1);
    if (found) return { ...found, path: found.path ? `${key}.${found.path}` : key };
  }
  return undefined;
}

function findUnstorableText(text: string): Issue | undefined {
  if (text.includes("\0")) return { path: "", message: "contains a NUL character" };
  if (!text.isWellFormed()) return { path: "", message: "contains half of a surrogate pair" };
  return undefined;
}
