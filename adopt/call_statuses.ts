/** What a call status is called here, in the order of rank. */
export const CALL_STATUSES = [
  "queued",
  "in_progress",
  "timeout",
  "error",
  "completed",
  "no_answer",
  "voicemail",
  "busy",
  "canceled",
  "failed",
] as const;

/** One of ours. */
export type CallStatus = typeof CALL_STATUSES[number];

/** What else a label may be that says the same; after these, which of ours stands in for it. */
const SPELLINGS: Record<CallStatus, { words: string[]; insteadOf?: CallStatus[] }> = {
  queued: { words: ["scheduled", "waiting", "ringing"] },
  in_progress: { words: ["inprogress", "calling", "active", "ongoing"] },
  timeout: { words: ["timedout"], insteadOf: ["error", "failed"] },
  error: { words: ["errored"], insteadOf: ["failed"] },
  completed: { words: ["complete", "done", "ended", "success", "succeeded"] },
  no_answer: { words: ["noanswer", "unanswered", "missed"], insteadOf: ["failed"] },
  voicemail: { words: [], insteadOf: ["no_answer", "failed"] },
  busy: { words: [], insteadOf: ["no_answer", "failed"] },
  canceled: { words: ["cancelled"], insteadOf: ["failed"] },
  failed: { words: ["failure"], insteadOf: ["error"] },
};

const plain = (label: string) => label.toLowerCase().replaceAll(/[^a-z]/g, "");

/** Which label of a column stands for which of our statuses; null for one that none stands for. */
export function statusLabels(labels: string[] | null): Record<CallStatus, string | null> {
  const own = (status: CallStatus) => {
    const words = [plain(status), ...SPELLINGS[status].words];
    return labels!.find((label) => words.includes(plain(label))) ?? null;
  };
  return Object.fromEntries(CALL_STATUSES.map((status) => {
    // Free text. Whoever reads it may not know of a call that was canceled, and would wait for its end.
    if (labels === null) return [status, status === "canceled" ? "failed" : status];
    const instead = [status, ...SPELLINGS[status].insteadOf ?? []].map(own);
    return [status, instead.find((label) => label !== null) ?? null];
  })) as Record<CallStatus, string | null>;
}

/** Whether nothing comes after it. */
export function isFinal(status: CallStatus): boolean {
  return CALL_STATUSES.indexOf(status) >= CALL_STATUSES.indexOf("completed");
}

/** All of ours that are shown by a label, in the order of rank. */
export function shownAs(labels: Record<CallStatus, string>, label: string): CallStatus[] {
  return CALL_STATUSES.filter((status) => labels[status] === label);
}
