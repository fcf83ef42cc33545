import { present, type RawCallReport, withContent } from "./report.ts";
import type { VapiMessage } from "./vapi_call.ts";

/** What a report is read from: the message, its artifact, its call. */
type Level = Partial<Omit<VapiMessage, "type" | "artifact">>;

/** What Vapi's status of a call that has not ended is here; undefined for every other status. */
export function openStatus(status: string | undefined): "queued" | "in_progress" | undefined {
  switch (status) {
    case "scheduled":
    case "queued":
    case "ringing":
      return "queued";
    case "in-progress":
    case "forwarding":
      return "in_progress";
  }
}

/** What the levels of a report say of its call: of each field, the first level that has it. */
export function readReport(levels: (Level | undefined)[]) {
  const first = <T>(read: (level: Level) => T | undefined) =>
    levels.map((level) => level && read(level)).find((value) => value !== undefined);

  const startedAt = first((level) => level.startedAt);
  const endedAt = first((level) => level.endedAt);
  return {
    startedAt,
    endedAt,
    duration: startedAt && endedAt ? undefined : first(durationOf),
    cost: first((level) => level.cost),
    endedReason: first((level) => present(level.endedReason)),
    summary: first((level) => present(level.analysis?.summary) ?? present(level.summary)),
    successEvaluation: first((level) => level.analysis?.successEvaluation),
    structuredData: first((level) =>
      withContent(level.analysis?.structuredData) ?? withContent(outputsOf(level))
    ),
    transcript: first((level) => present(level.transcript)),
    messages: first((level) => level.messages?.length ? level.messages : undefined),
    recordingUrl: first((level) =>
      level.recordingUrl ?? level.recording?.mono?.combinedUrl ?? level.recording?.stereoUrl
    ),
  } satisfies Partial<RawCallReport>;
}

function durationOf({ durationMinutes, durationSeconds }: Level): number | undefined {
  return durationMinutes ?? (durationSeconds === undefined ? undefined : durationSeconds / 60);
}

/** `{id: {name, result}}` as `{name: result}`. */
function outputsOf({ structuredOutputs }: Level): Record<string, unknown> | undefined {
  if (!structuredOutputs) return undefined;
  const outputs = Object.entries(structuredOutputs)
    .filter(([, output]) => output?.result != null)
    .map(([id, output]) => [output?.name ?? id, output?.result]);
  return Object.fromEntries(outputs);
}
