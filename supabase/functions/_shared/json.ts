import type { Json } from "./database.types.ts";
import { Problem } from "./problem.ts";

const MAX_DEPTH = 100;

/** The JSON in a body. @throws {Problem} `invalid_json` for what is not JSON in UTF-8. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Problem("invalid_json", "The body is not JSON in UTF-8. Build it with a serializer.");
  }
}

/** A body as it is kept when it is rejected: as JSON if it is JSON, else as text. */
export function keepableJson(body: Uint8Array): Json {
  try {
    return storable(parseJson(body) as Json);
  } catch {
    return storable(textOf(body));
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

/**
 * A value with what Postgres cannot hold replaced: NUL and half a surrogate pair by U+FFFD, a number
 * beyond a double, and what is nested deeper than 100 levels, by null.
 */
export function storable<T>(value: T, depth?: number): T;
export function storable(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.replaceAll("\0", "\uFFFD").toWellFormed();
  if (typeof value === "number" && !Number.isFinite(value)) return null;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((entry) => storable(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [storable(key), storable(entry, depth + 1)]),
  );
}
