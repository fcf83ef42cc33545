/** @import { CallStatus, Connection, LogEntry, Provider, ServiceRequest } from "../watch/mod.d.ts" */

/** @type {Record<CallStatus, string>} */
const CALL = {
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

/** Whether the application added a status. @param {string} status */
export const isOwn = (status) => !Object.hasOwn(CALL, status);

/** A status that the application added is its own word. @param {CallStatus | null} status */
export const callWords = (status) => status ? CALL[status] ?? status : "Not called yet";

/** @type {Record<ServiceRequest["status"], string>} */
const REQUEST = {
  pending: "No calls yet",
  calling: "Calling providers now",
  completed: "The calls are done",
  failed: "Nobody could be reached",
};

/**
 * A request's status as it is shown. Its calls may not be over where the status alone would say so.
 *
 * @param {ServiceRequest["status"]} status
 * @param {Pick<Provider, "call_status">[]} providers
 */
export function requestState(status, providers) {
  const calls = providers.map(({ call_status }) => call_status);
  if (status === "completed" || status === "failed") {
    if (calls.includes("timeout")) return { words: "Waiting for a result", mark: "waiting" };
    if (calls.includes(null)) return { words: "More calls to come", mark: "waiting" };
  }
  if (status === "failed" && calls.includes("error")) {
    return { words: "Something went wrong with the calls", mark: "problem" };
  }
  return { words: REQUEST[status] ?? status, mark: markOf(status) };
}

/** A step that is over is told in the past. @type {Partial<Record<CallStatus, string>>} */
const STEP = { queued: "Called", in_progress: "Answered" };

/** What the application wrote itself. @type {Record<LogEntry["status"], { words: string, mark: string }>} */
const OTHER_STEP = {
  info: { words: "Noted", mark: "waiting" },
  success: { words: "Done", mark: "done" },
  warning: { words: "Needs attention", mark: "missed" },
  error: { words: "Went wrong", mark: "problem" },
};

/** The status of a step of the log. @param {Pick<LogEntry, "status" | "call_status">} entry */
export function stepState({ status, call_status }) {
  if (!call_status) return OTHER_STEP[status] ?? { words: status, mark: "waiting" };
  return { words: STEP[call_status] ?? callWords(call_status), mark: markOf(call_status) };
}

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
  return status && !isOwn(status) ? "missed" : "waiting";
}

/** An error in words for a customer. @param {any} error @param {boolean} [isTriedAgain] */
export function problemWords(error, isTriedAgain = false) {
  const message = String(error?.message ?? error);
  if (/Invalid login credentials/i.test(message)) return "E-mail or password is wrong.";
  if (/fetch|network|load failed|time|abort/i.test(message)) {
    return `The server cannot be reached.${isTriedAgain ? " Trying again." : ""}`;
  }
  if (/permission denied|JWT|42501/i.test(message)) {
    return "You are signed out. Please sign in again.";
  }
  return `Something went wrong: ${message}`;
}

export const OFFLINE = "You are offline. What you see may be old.";

export const NOT_FOUND = {
  heading: "Request not found",
  text: "There is no such request, or it is not yours.",
};

export const NO_REQUESTS = {
  heading: "No requests yet",
  text: "You have no requests yet. What you ask for will be shown here.",
};

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
