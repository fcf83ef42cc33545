/**
 * One service request, kept up to date in a frontend.
 *
 * ```js
 * const stop = watchServiceRequest(supabase, requestId, ({ request, providers, log, connection }) => {
 *   render(request, providers, log, connection);
 * });
 * ```
 *
 * Plain JavaScript with types beside it: it runs in browsers and Deno as it is.
 *
 * @module
 */
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "./database.types.ts";

export type { Database } from "./database.types.ts";

type Tables = Database["public"]["Tables"];

/** A provider's call, `null` until first tried: see the README for what each means. */
export type CallStatus = Database["public"]["Enums"]["call_status"];

/** Null where the table is an application's own, and has no such column. */
interface Dated {
  updated_at: string | null;
}

/** The request without what only the backend needs. */
export type ServiceRequest =
  & Omit<Tables["service_requests"]["Row"], "user_id" | "updated_at">
  & Dated;

/** A provider and what its newest call brought, but for the transcript: {@link loadTranscript}. */
export type Provider =
  & Omit<
    Tables["providers"]["Row"],
    "call_method" | "call_recording_url" | "call_transcript" | "updated_at"
  >
  & Dated;

/** A step of the log, but for the transcript: {@link loadTranscript}. */
export type LogEntry =
  & Omit<
    Tables["interaction_logs"]["Row"],
    "idempotency_key" | "source" | "transcript" | "updated_at"
  >
  & Dated;

/**
 * - `connecting`: Realtime was asked and has not answered yet
 * - `live`: changes arrive as they happen, and none was missed
 * - `polling`: Realtime is away; the rows are fetched again and again until it is back
 * - `stopped`: the last thing that a listener hears
 */
export type Connection = "connecting" | "live" | "polling" | "stopped";

/** All that is known of a request at one moment. A row that did not change is the same object. */
export interface Watched {
  connection: Connection;
  /** Why it is not live; null while it is, or while that is not known. */
  connectionError: Error | null;
  /** Why the rows may be old: they could not be fetched. It is tried again. */
  error: Error | null;
  /** Undefined until first fetched; null when there is none, or none that this user may see. */
  request: ServiceRequest | null | undefined;
  /** In the order in which they were found. */
  providers: Provider[];
  /** The newest 50, newest first. */
  log: LogEntry[];
}

/** How often to fetch while Realtime is away, in milliseconds; each wait varies by a fifth. */
export interface WatchOptions {
  /** While a call is open. 1000 by default. */
  openInterval?: number;
  /** The longest wait while none is; it begins with a second and doubles. 30000 by default. */
  idleInterval?: number;
}

/**
 * Tells `listener` of a service request, its providers and its log now and whenever any of them or
 * the connection changes, until the function it returns is called. Rows never go backwards. What
 * goes wrong is told, too, and tried again; nothing is thrown. It watches as the user who is signed
 * in: stop it when they sign out.
 *
 * @returns Stops it. The promise settles when Realtime has been left, too.
 */
export function watchServiceRequest(
  supabase: SupabaseClient<Database>,
  requestId: string,
  listener: (watched: Watched) => void,
  options?: WatchOptions,
): () => Promise<void>;

/** What one side said before the other did. */
export interface Turn {
  /** As the source names it, for example `AI` or `User`. */
  speaker: string;
  text: string;
}

/**
 * The conversation of a step of the log, or of a call.
 *
 * @returns No turns where there was no conversation.
 * @throws An `Error` when it cannot be fetched.
 */
export function loadTranscript(
  supabase: SupabaseClient<Database>,
  of: { logId: string } | { callId: string },
  signal?: AbortSignal,
): Promise<Turn[]>;
