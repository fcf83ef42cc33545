/** @import { CallStatus, Connection, ServiceRequest } from "../watch/mod.d.ts" */

/** @type {Record<CallStatus, string>} */
export const CALL = {
  queued: "Calling",
  in_progress: "On the phone",
  timeout: "Taking longer than expected",
  error: "Something went wrong on our side",
  completed: "Spoke with them",
  no_answer: "No answer",
  voicemail: "Reached their voicemail",
  busy: "The line was busy",
  canceled: "Call canceled",
  failed: "The call failed",
};

/** @param {CallStatus | null} status */
export const callWords = (status) => status ? CALL[status] : "Not called yet";

/** @type {Record<ServiceRequest["status"], string>} */
export const REQUEST = {
  pending: "No calls yet",
  calling: "Calling providers now",
  completed: "The calls are done",
  failed: "Nobody could be reached",
};

/** @type {Record<Connection, string>} */
export const CONNECTION = {
  connecting: "Connecting",
  live: "Live",
  polling: "Checking for news",
  stopped: "Not watching",
};

/**
 * How the mark beside a status is drawn.
 *
 * @param {CallStatus | ServiceRequest["status"] | null} status
 */
export function markOf(status) {
  if (status === "queued" || status === "calling") return "ringing";
  if (status === "in_progress") return "talking";
  if (status === "completed") return "done";
  if (status === "error" || status === "failed") return "problem";
  return status && status !== "pending" ? "missed" : "waiting";
}

/** An error in words for a customer. @param {unknown} error */
export function problemWords(error) {
  const message = error instanceof Error ? error.message : String(error);
  if (/Invalid login credentials/i.test(message)) return "E-mail or password is wrong.";
  if (/fetch|network|load failed|time|abort/i.test(message)) {
    return "The server cannot be reached. Trying again.";
  }
  if (/permission denied|JWT|42501/i.test(message)) {
    return "You are signed out. Please sign in again.";
  }
  return `Something went wrong: ${message}`;
}

/** Minutes and seconds, as a clock shows them. @param {number} milliseconds */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How long a call took. @param {number} minutes */
export function duration(minutes) {
  const seconds = Math.round(minutes * 60);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** @param {number} amount @param {string} currency */
export function money(amount, currency) {
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency }).format(amount);
  } catch {
    return `${amount} ${currency}`; // not a currency's code
  }
}
