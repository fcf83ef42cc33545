import type { Database } from "./database.types.ts";

/** `call_status`, in Postgres and on the wire. */
export type CallStatus = Database["public"]["Enums"]["call_status"];

/**
 * How far a call has come: `open`, it may be ringing or talking; `provisional`, its ending was not
 * seen and may still be; `final`. In SQL: `private.stage`.
 */
export type Stage = "open" | "provisional" | "final";

const stages: Record<CallStatus, Stage> = {
  queued: "open",
  in_progress: "open",
  timeout: "provisional",
  error: "provisional",
  completed: "final",
  no_answer: "final",
  voicemail: "final",
  busy: "final",
  canceled: "final",
  failed: "final",
};

/** The stage of a status. */
export function stageOf(status: CallStatus): Stage {
  return stages[status];
}
