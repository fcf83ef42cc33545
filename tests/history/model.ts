/**
 * The rules of the write as plain TypeScript, without a thought of order: what must stand once all
 * of a history's reports are saved.
 */
import { type Report, type Said, SOURCES } from "./report.ts";

/** What is compared: nothing that is made up by the database, and no time of writing. */
export interface Ending {
  providers: Record<string, unknown>[];
  requests: string[];
  logs: string[];
}

const RANKS: Record<string, number> = { queued: 0, in_progress: 1, timeout: 2, error: 3 };
const rankOf = (status: string) => RANKS[status] ?? 4;

const SENTENCES: Record<string, string> = {
  queued: "The call is waiting to be answered.",
  in_progress: "The call was answered.",
  timeout: "The call was not seen to end in time; its result may still arrive.",
  error: "The workflow around the call failed.",
  completed: "The conversation took place.",
  no_answer: "Nobody answered.",
  voicemail: "The call reached a voicemail.",
  busy: "The line was busy.",
  canceled: "The call was canceled.",
  failed: "The call failed.",
};

/** How much an ending rests on: what the reason states, and what was heard, on most. */
const WEIGHTS: Record<string, number> = { unanswered: 0, wordless: 1, unheard: 2 };
const weightOf = ({ said }: Report) => WEIGHTS[said.evidence ?? "stated"] ?? 3;
const isCertain = (report: Report) => weightOf(report) === 3;

/** In the order of the sources, so that the last one stands. */
function inPrecedence(reports: Report[]): Report[] {
  return SOURCES.flatMap((source) => reports.filter((report) => report.source === source));
}

/**
 * What one or several reports say together: of each value, that of the source that stands highest;
 * but of the words, those in which the other side is heard.
 */
function together(reports: Report[]): Said {
  const said: Said = {};
  for (const report of inPrecedence(reports)) {
    for (const [name, value] of Object.entries(report.said)) {
      if (value !== undefined) Object.assign(said, { [name]: value });
    }
  }
  const spoken = inPrecedence(reports).filter(({ said }) => said.turns);
  const best = spoken.findLast(({ said }) => said.is_heard) ?? spoken.at(-1);
  return { ...said, turns: best?.said.turns, transcript: best?.said.transcript };
}

function furthest(reports: Report[]): Report[] {
  const rank = Math.max(...reports.map(({ status }) => rankOf(status)));
  return reports.filter(({ status }) => rankOf(status) === rank);
}

/** When a call was created: as said, else as its id says, else when it was answered. */
function calledAt(reports: Report[]): number | undefined {
  const { created_at, started_at } = together(reports);
  const id = reports[0].callId;
  if (created_at) return Date.parse(created_at);
  if (id?.startsWith("0")) return parseInt(id.slice(0, 13).replace("-", ""), 16);
  return started_at ? Date.parse(started_at) : undefined;
}

/** The provider's row, from all reports of it. */
export function rowOf(reports: Report[]): Record<string, unknown> {
  const ids = [...new Set(reports.flatMap(({ callId }) => callId ?? []))];
  const newest = ids
    .map((callId) => reports.filter((report) => report.callId === callId))
    .map((own) => ({ own, time: calledAt(own) ?? 0, id: own[0].callId! }))
    .sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1))[0]?.own ?? reports;
  if (newest.length === 0) return { call_status: null };
  const ending = furthest(newest);
  const said = together(ending);
  const weight = Math.max(...ending.map(weightOf));
  const { status } = inPrecedence(ending).findLast((report) => weightOf(report) === weight)!;
  const time = calledAt(newest);
  return {
    call_status: status,
    call_id: newest[0].callId,
    call_method: newest.some(({ source, said }) => source === "kestra" || said.call_method)
      ? "kestra"
      : "direct_vapi",
    call_result: said.structured_data,
    call_success_evaluation: said.success_evaluation,
    call_transcript: said.transcript,
    call_summary: said.summary,
    call_duration_minutes: said.duration_minutes,
    call_cost: said.cost,
    call_ended_reason: said.ended_reason,
    call_error: said.error,
    call_recording_url: said.recording_url,
    called_at: time === undefined ? undefined : new Date(time).toISOString(),
  };
}

/** The request's status, from its providers' rows. */
export function statusOfRequest(rows: Record<string, unknown>[]): string {
  const statuses = rows.map((row) => row.call_status).filter((status) => status !== null);
  if (statuses.length === 0) return "pending";
  if (statuses.some((status) => status === "queued" || status === "in_progress")) return "calling";
  return statuses.includes("completed") ? "completed" : "failed";
}

/** The provider's log: one row for each (call, status), or for each event without a call. */
export function logOf(reports: Report[]): Record<string, unknown>[] {
  const steps = Map.groupBy(
    reports,
    ({ callId, status, said, source }) =>
      JSON.stringify(callId ? [callId, status] : [status, said.idempotency_key ?? [source, said]]),
  );
  return [...steps.values()].map((same) => {
    const [{ callId, status, said: { idempotency_key } }] = same;
    return {
      call_id: callId,
      call_status: status,
      idempotency_key: callId ? undefined : idempotency_key ?? "digest",
      detail: rankOf(status) === 4
        ? wordsOfEnding(same, reports.filter((report) => report.callId === callId))
        : lastOfWords(same) ?? SENTENCES[status],
      transcript: together(same).turns,
    };
  });
}

function words({ summary, error, message }: Said): string | undefined {
  return summary ?? error ?? message;
}

/**
 * What the sources say to whom it certainly ended so; else the words of those that are less certain.
 * `own` are all reports of the call.
 */
function wordsOfEnding(same: Report[], own: Report[]): string {
  const certain = same.filter(isCertain);
  const said = together(
    own.filter((report) =>
      rankOf(report.status) === 4 && certain.some(({ source }) => source === report.source)
    ),
  );
  const [{ status }] = same;
  const detail = words(said) ?? lastOfWords(same.filter((report) => !isCertain(report)));
  if (detail) return detail;
  if (certain.length === 0 && status === "completed") {
    return "The call was answered; what was said is not known.";
  }
  return certain.length > 0 && status === "failed" && said.ended_reason
    ? `The call failed: ${said.ended_reason}.`
    : SENTENCES[status];
}

/** The words of whoever has any, the last in the alphabet of several. */
function lastOfWords(same: Report[]): string | undefined {
  return same.flatMap(({ said }) => words(said) ?? []).sort().at(-1);
}
