/**
 * A Postgres timestamp in microseconds since 1970; `Date` alone would round it to milliseconds.
 *
 * @param {string} timestamp As the Data API and Realtime write it: 2026-11-22T10:00:00.123456+00:00
 */
export function microseconds(timestamp) {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? "";
  return Date.parse(timestamp.replace(/\.\d+/, "")) * 1000 +
    Number(fraction.padEnd(6, "0").slice(0, 6));
}

/**
 * A wait that varies by a fifth, so that many who lost the same server do not come back at once.
 *
 * @param {number} milliseconds
 */
export const jittered = (milliseconds) => milliseconds * (0.8 + 0.4 * Math.random());

/**
 * Waits of one second that double.
 *
 * @param {number} attempt From 0.
 * @param {number} longest In milliseconds.
 */
export const backOff = (attempt, longest = 30_000) => Math.min(1000 * 2 ** attempt, longest);

/**
 * Rejects when a signal is aborted.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<never>}
 */
export const aborted = (signal) =>
  new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
