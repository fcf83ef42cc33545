const DAY_MS = 24 * 3_600_000;

const iso8601 =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(?:Z|([+-]\d\d):?(\d\d)?)?)?$/i;

/**
 * Whether a text, or milliseconds since 1970, is a time of this century that is no more than a day
 * ahead: a wrong clock's year 2099 would make its call the newest for ever. Blank counts as absent.
 */
export function isTime(value: string | number): boolean {
  if (typeof value === "string" && !value.trim()) return true;
  const time = millisecondsOf(value);
  return time >= Date.UTC(2000) && time <= Date.now() + DAY_MS;
}

/** A time that {@link isTime} let through, as ISO 8601 in UTC; undefined for a blank one. Without a zone it is UTC's. */
export function isoTime(value: string | number): string | undefined {
  if (typeof value === "string" && !value.trim()) return undefined;
  return new Date(millisecondsOf(value)).toISOString();
}

/** NaN for what is no time. */
function millisecondsOf(value: string | number): number {
  if (typeof value === "number") return Math.trunc(value);
  const digits = value.trim();
  if (/^\d{12,14}$/.test(digits)) return Number(digits);
  const match = iso8601.exec(digits);
  if (!match) return NaN;
  const [, date, clock = "00:00", hours = "+00", minutes = "00"] = match;
  const midnight = Date.parse(`${date}T00:00Z`);
  // JavaScript takes the 30th of February for the 1st of March.
  if (!midnight || !new Date(midnight).toISOString().startsWith(date)) return NaN;
  return Date.parse(`${date}T${clock.replace(",", ".")}${hours}:${minutes}`);
}

/** Rounded to the millisecond; undefined where an end is unknown or precedes the start. */
export function minutesBetween(
  startedAt: string | null | undefined,
  endedAt: string | null | undefined,
): number | undefined {
  if (!startedAt || !endedAt) return undefined;
  const milliseconds = Date.parse(endedAt) - Date.parse(startedAt);
  return milliseconds >= 0 ? Math.round(milliseconds / 0.6) / 100_000 : undefined;
}
