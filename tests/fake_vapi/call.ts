import type { Vapi } from "@vapi-ai/server-sdk";
import type { CallScript } from "./script.ts";
import { analysisOf } from "./structured_outputs.ts";

/** A call as it is on the wire: `GET /call/:id` has some fields that the published types lack. */
export type WireCall = Vapi.Call & { transcript?: string; summary?: string; recordingUrl?: string };

/** One call that follows its script; what it says of itself depends on the time. */
export class FakeCall {
  readonly id: string = crypto.randomUUID();
  readonly createdAt: number;

  /** Settles when a test ends the call. */
  readonly hungUp: Promise<void>;
  /** Ends a call that is still open. */
  readonly hangUp: () => void;
  #hungUpAt = Infinity;

  constructor(readonly request: Vapi.CreateCallDto, readonly script: CallScript) {
    this.createdAt = Date.now() - (script.createdAgo ?? 0);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.hungUp = promise;
    this.hangUp = () => {
      this.#hungUpAt = Math.min(this.#hungUpAt, Date.now());
      resolve();
    };
  }

  /** When the call reaches each state; `Infinity` for never. */
  get times() {
    const { scheduledFor = 0, ringsAfter, answeredAfter, endsAfter = Infinity, artifactAfter } =
      this.script;
    const queued = this.createdAt + scheduledFor;
    const ringing = queued + ringsAfter;
    const answered = answeredAfter === undefined ? Infinity : ringing + answeredAfter;
    const ended = Math.min(
      (answeredAfter === undefined ? ringing : answered) + endsAfter,
      this.#hungUpAt,
    );
    return { queued, ringing, answered, ended, completed: ended + artifactAfter };
  }

  /** When it last reached a state. */
  updatedAt(at: number = Date.now()): number {
    return Math.max(this.createdAt, ...Object.values(this.times).filter((time) => time <= at));
  }

  status(at: number = Date.now()): Vapi.CallStatus {
    const { queued, ringing, answered, ended } = this.times;
    if (at >= ended) return "ended";
    if (at >= answered) return "in-progress";
    if (at >= ringing) return "ringing";
    return at >= queued ? "queued" : "scheduled";
  }

  /** The answer of `GET /call/:id` at a given time: ended first, complete a while later. */
  snapshot(at: number = Date.now()): WireCall {
    const { queued, answered, ended, completed } = this.times;
    return {
      id: this.id,
      orgId: "00000000-0000-4000-8000-000000000001",
      type: "outboundPhoneCall",
      createdAt: iso(this.createdAt),
      updatedAt: iso(this.updatedAt(at)),
      status: this.status(at),
      phoneNumberId: this.request.phoneNumberId,
      customer: this.request.customer,
      assistant: this.request.assistant,
      cost: 0,
      ...(this.script.scheduledFor && { schedulePlan: { earliestAt: iso(queued) } }),
      ...(at >= answered && { startedAt: iso(answered) }),
      ...(at >= ended && {
        endedAt: iso(ended),
        endedReason: this.script.endedReason as Vapi.CallEndedReason,
        artifact: { messages: [] },
      }),
      ...(at >= completed && this.result()),
    };
  }

  /** What Vapi adds once it has completed the call. */
  result(): Pick<WireCall, "cost" | "analysis" | "artifact" | "transcript" | "summary"> & {
    messages: Vapi.ArtifactMessagesItem[];
    recordingUrl: string;
  } {
    if (this.script.completed) return this.script.completed as ReturnType<FakeCall["result"]>;
    const { turns, cost } = this.script;
    const { analysis, structuredOutputs } = analysisOf(this.request, this.script);
    const transcript = turns
      .map(({ role, message }) => `${role === "bot" ? "AI" : "User"}: ${message}\n`)
      .join("");
    const messages = turns.map(({ role, message }, turn) => ({
      role,
      message,
      time: this.createdAt + turn * 1000,
      endTime: this.createdAt + turn * 1000 + 900,
      secondsFromStart: turn,
    }));
    const recordingUrl = `https://storage.example/${this.id}.wav`;
    return {
      cost,
      analysis,
      transcript,
      summary: analysis.summary,
      messages,
      recordingUrl,
      artifact: {
        transcript,
        messages,
        recordingUrl,
        ...(structuredOutputs && { structuredOutputs }),
      },
    };
  }
}

/** ISO 8601, as Vapi writes its times. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}
