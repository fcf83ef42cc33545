import type { Vapi } from "@vapi-ai/server-sdk";

/** Something that goes wrong with one request: an HTTP answer, none at all, or half of one. */
export type Fault =
  | { status: number; body?: string; headers?: Record<string, string> }
  | "no answer"
  | "cut";

/** How one call goes. Times are milliseconds, short enough for tests. */
export interface CallScript {
  /** How long ago the call was created; now when absent. */
  createdAgo?: number;
  /** From the creation of the call until the `earliestAt` of its `schedulePlan`; it is not scheduled when absent. */
  scheduledFor?: number;
  /** From the creation of the call, or from that time, until it rings. */
  ringsAfter: number;
  /** From the ringing until somebody, or something, answers; never when absent. */
  answeredAfter?: number;
  /** From the answer (or the ringing, when nobody answers) until the end; never when absent. */
  endsAfter?: number;
  endedReason: Vapi.CallEndedReason | (string & Record<never, never>);
  /** From the end until Vapi has completed transcript, analysis and cost. */
  artifactAfter: number;
  turns: { role: "bot" | "user"; message: string }[];
  analysis: Vapi.Analysis;
  structuredOutputs?: Record<string, { name: string; result: unknown }>;
  cost: number;
  /** What Vapi adds once it has completed the call, in place of all that it usually adds. */
  completed?: Record<string, unknown>;
  /** Faults by attempt: the first `POST /call` for this number gets the first one, and so on. */
  createFaults?: (Fault | undefined)[];
  /** Faults by attempt of `GET /call/:id`. */
  getFaults?: (Fault | undefined)[];
}

/** A conversation that ends well. Everything else is a variation of it. */
export function answered(changes: Partial<CallScript> = {}): CallScript {
  return {
    ringsAfter: 100,
    answeredAfter: 200,
    endsAfter: 800,
    endedReason: "assistant-ended-call",
    artifactAfter: 200,
    turns: [
      { role: "bot", message: "Hello, do you have time this week?" },
      { role: "user", message: "Yes, Thursday at ten." },
    ],
    analysis: {
      summary: "The provider can come on Thursday at ten.",
      structuredData: { availability: "available", all_criteria_met: true },
      successEvaluation: "true",
    },
    cost: 0.21,
    ...changes,
  };
}

/** A machine answers, and the voicemail detection hangs up. */
export function voicemail(changes: Partial<CallScript> = {}): CallScript {
  return answered({
    endedReason: "voicemail",
    turns: [{ role: "user", message: "Please leave a message after the tone." }],
    analysis: { summary: "The call reached a voicemail.", successEvaluation: "false" },
    cost: 0.02,
    ...changes,
  });
}

/** A call that rings and ends without an answer. */
export function unanswered(
  endedReason: CallScript["endedReason"] = "customer-did-not-answer",
  changes: Partial<CallScript> = {},
): CallScript {
  return answered({
    answeredAfter: undefined,
    endedReason,
    turns: [],
    analysis: {},
    cost: 0,
    ...changes,
  });
}

/** A conversation that goes on until a test hangs up. */
export function endless(changes: Partial<CallScript> = {}): CallScript {
  return answered({ endsAfter: undefined, ...changes });
}

/** Vapi's error shape, as its NestJS server answers it. */
export function problem(status: number, error: string, message: string | string[]): Fault {
  return { status, body: JSON.stringify({ message, error, statusCode: status }) };
}

/** The answer to one request too many. */
export function tooManyRequests(retryAfterSeconds = 1): Fault {
  return {
    status: 429,
    headers: { "retry-after": String(retryAfterSeconds) },
    body: JSON.stringify({ message: "Too Many Requests", statusCode: 429 }),
  };
}
