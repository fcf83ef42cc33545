/**
 * Random histories: what really happened to the providers of some requests, and what each source
 * truthfully but partially says of it. Sources may differ from each other, none from itself.
 */
import fc from "fast-check";
import type { CallStatus } from "../../supabase/functions/_shared/call_status.ts";
import {
  at,
  callId,
  type Mask,
  type Report,
  type Said,
  saidOf,
  SOURCES,
  type Spoken,
  type Step,
} from "./report.ts";

const REASONS = {
  completed: "customer-ended-call",
  no_answer: "customer-did-not-answer",
  voicemail: "voicemail",
  busy: "customer-busy",
  canceled: "manually-canceled",
  failed: "pipeline-error-openai-llm-failed",
} as const;

/** Reasons that leave it to the words: the status where both sides spoke is completed. */
const OPEN_REASONS: Record<string, { reason: string; silent: CallStatus; wordless: CallStatus }> = {
  silence: { reason: "silence-timed-out", silent: "no_answer", wordless: "no_answer" },
  length: { reason: "exceeded-max-duration", silent: "no_answer", wordless: "completed" },
  unknown: { reason: "customer-waved-goodbye", silent: "failed", wordless: "completed" },
  transfer: {
    reason: "call.in-progress.error-warm-transfer-max-duration",
    silent: "failed",
    wordless: "failed",
  },
};

/** How a source's report of an ending is to be understood, by what it has. */
function endingOf(
  ending: string,
  { started, money, spoken }: Mask,
): { status: CallStatus; evidence?: Said["evidence"]; reason: string } {
  if (!Object.hasOwn(OPEN_REASONS, ending)) {
    const status = ending as keyof typeof REASONS;
    return { status, reason: REASONS[status] };
  }
  const { reason, silent, wordless } = OPEN_REASONS[ending];
  if (spoken === "both") return { status: "completed", evidence: "heard", reason };
  if (spoken === "assistant") return { status: silent, evidence: "unheard", reason };
  // Who knows a duration knows that the call was answered.
  return started || money
    ? { status: wordless, evidence: "wordless", reason }
    : { status: silent, evidence: "unanswered", reason };
}

const mask = fc.record({
  created: fc.boolean(),
  started: fc.boolean(),
  money: fc.boolean(),
  analysis: fc.boolean(),
  words: fc.boolean(),
  spoken: fc.constantFrom<Spoken>("both", "assistant", "nobody", "nobody"),
});

/** What one source says of one call: any of its steps, however often; of its ending always the same. */
function view(...steps: Step[]) {
  return fc.record({
    ending: fc.constantFrom(...Object.keys(REASONS), ...Object.keys(OPEN_REASONS)),
    knowsReason: fc.boolean(),
    reports: fc.array(
      fc.record({ step: fc.constantFrom<Step>("ended", ...steps), mask }),
      { maxLength: 3 },
    ),
  });
}

const call = fc.record({
  hasTimeInId: fc.boolean(),
  minute: fc.nat(600),
  kestra: view("queued", "in_progress", "timeout", "error"),
  vapi_webhook: view("queued", "in_progress"),
  vapi_api: view("queued", "in_progress", "error"),
});

/** What was reported before there was a call, with or without an Idempotency-Key. */
const early = (...keys: string[]) =>
  fc.array(fc.record({ key: fc.constantFrom(undefined, ...keys), isDated: fc.boolean() }), {
    maxLength: 2,
  });

const provider = fc.record({
  queued: early("q1", "q2"),
  refused: early("e1", "e2"),
  neverDialled: fc.boolean(),
  calls: fc.array(call, { maxLength: 3 }),
});

type Provider = typeof provider extends fc.Arbitrary<infer T> ? T : never;
type Call = Provider["calls"][number];

/** Histories of one or two requests, as the reports made of them. */
export const histories: fc.Arbitrary<Report[]> = fc
  .array(fc.array(provider, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
  .map((requests) =>
    requests.flatMap((providers, request) =>
      providers.flatMap((one, index) =>
        [...beforeTheCall(one), ...one.calls.flatMap(reportsOf)]
          .map((report) => ({ request, provider: index, ...report }))
      )
    )
  );

type Told = Omit<Report, "request" | "provider">;

function beforeTheCall({ queued, refused, neverDialled }: Provider): Told[] {
  const tell = (status: CallStatus, { key, isDated }: Provider["queued"][number]): Told => ({
    source: "kestra",
    status,
    said: {
      created_at: isDated ? at(-60) : undefined,
      error: status === "error" ? "Vapi refused the call" : undefined,
      // A key stands for one event, so what is dated has another.
      idempotency_key: key && `${key}${isDated ? ", dated" : ""}`,
    },
  });
  const told = [
    ...queued.map((one) => tell("queued", one)),
    ...refused.map((one) => tell("error", one)),
  ];
  if (neverDialled) {
    told.push({ source: "vapi_api", status: "error", said: { error: "never dialled" } });
  }
  return told;
}

function reportsOf(call: Call, index: number, calls: Call[]): Told[] {
  const { minute, hasTimeInId } = call;
  const told = SOURCES.flatMap((source) => {
    const { ending, knowsReason, reports } = call[source];
    return reports.map(({ step, mask }): Told => {
      const said = saidOf(source, step, { index, minute }, mask);
      if (step !== "ended") {
        return { source, status: step, callId: callId(minute, index, hasTimeInId), said };
      }
      const { status, evidence, reason } = endingOf(ending, mask);
      if (evidence) said.evidence = evidence;
      // It decides the status: who knows it always says it, and Vapi knows it.
      if (evidence || knowsReason || source !== "kestra") said.ended_reason = reason;
      return { source, status, callId: callId(minute, index, hasTimeInId), said };
    });
  });
  // Of several calls somebody has to say when they were created.
  if (calls.length > 1 && told.length > 0) told[0].said.created_at ??= at(minute);
  return told;
}
