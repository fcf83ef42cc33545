import { isEmpty } from "./read.ts";
import { present, type RawCallReport, withContent } from "./report.ts";
import { isRecord, type Outputs, readOutputs } from "./structured_outputs.ts";
import { minutesBetween } from "./time.ts";
import type { VapiCall, VapiMessage } from "./vapi_call.ts";

/** What a report is read from: a message, its artifact, its call, the body's `callResult`. */
type Level = Partial<Omit<VapiMessage, "type" | "status" | "artifact" | "call">>;

/** What Vapi's status of a call that has not ended is here; undefined for every other status. */
export function openStatus(
  status: string | null | undefined,
): "queued" | "in_progress" | undefined {
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
export function readReport(levels: (Level | null | undefined)[]) {
  const first = <T>(read: (level: Level) => T | null | undefined): T | undefined => {
    for (const level of levels) {
      const value = level && read(level);
      if (value !== undefined && !isEmpty(value)) return value!;
    }
  };

  const outputs = first(({ structuredOutputs }) => readOutputs(structuredOutputs)) ?? {} as Outputs;
  const startedAt = first((level) => level.startedAt);
  const endedAt = first((level) => level.endedAt);
  return {
    startedAt,
    endedAt,
    duration: minutesBetween(startedAt, endedAt) ?? first(minutesOf),
    cost: first(costOf),
    endedReason: first((level) => level.endedReason),
    summary: present(outputs.summary) ??
      first((level) => present(level.analysis?.summary) ?? present(level.summary)),
    successEvaluation: outputs.successEvaluation ??
      first((level) => level.analysis?.successEvaluation ?? level.successEvaluation),
    structuredData: joined(
      first((level) => withContent(level.analysis?.structuredData) ?? level.structuredData),
      outputs.structuredData,
    ),
    transcript: first((level) => level.transcript),
    messages: first((level) => level.messages),
    openAiMessages: first((level) => level.messagesOpenAIFormatted),
    recordingUrl: first((level) =>
      present(level.recordingUrl) ?? present(level.recording?.mono?.combinedUrl) ??
        present(level.recording?.stereoUrl)
    ),
  } satisfies Partial<RawCallReport>;
}

/** What the two sides are called in the transcript, where the call says it. */
export function speakersOf(call: VapiCall | null | undefined, assistant?: VapiCall["assistant"]) {
  const plan = [call, call?.assistantOverrides, call?.assistant, assistant]
    .map((one) => one?.artifactPlan?.transcriptPlan)
    .find((plan) => present(plan?.assistantName) ?? present(plan?.userName));
  return { assistantName: present(plan?.assistantName), userName: present(plan?.userName) };
}

/** Both, where an assistant has an analysis and structured outputs. */
function joined(analysed: unknown, outputs: unknown): unknown {
  return isRecord(analysed) && isRecord(outputs)
    ? { ...analysed, ...outputs }
    : outputs ?? analysed;
}

function minutesOf({ durationMinutes, durationSeconds, durationMs }: Level): number | undefined {
  if (durationMinutes != null) return durationMinutes;
  if (durationSeconds != null) return durationSeconds / 60;
  return durationMs == null ? undefined : durationMs / 60_000;
}

/** In USD. The parts may be there without the whole. */
function costOf({ cost, costBreakdown, costs }: Level): number | undefined {
  const parts = costs?.map((part) => part?.cost).filter((cost) => cost != null);
  const sum = parts?.length ? parts.reduce((sum, cost) => sum + cost, 0) : undefined;
  return cost ?? costBreakdown?.total ?? (sum && Number(sum.toFixed(6)));
}
