import { createClient, type PostgrestError, type SupabaseClient } from "@supabase/supabase-js";
import type { CallEvent } from "./call_event.ts";
import type { Database, Json } from "./database.types.ts";
import { isProblemCode, Problem } from "./problem.ts";
import { requiredSetting, secretKey } from "./settings.ts";

/** How long the Data API may take; below the ten seconds in which a sender is promised an answer. */
const TIMEOUT_MS = 8_000;

/** The outcome of saving one event, the event's ids, and the statuses as they now are in the database. */
export interface SavedCallResult {
  outcome: Database["public"]["Enums"]["save_outcome"];
  providerId: string;
  serviceRequestId: string;
  callId: string | null;
  callStatus: Database["public"]["Enums"]["call_status"];
  requestStatus: Database["public"]["Enums"]["request_status"];
}

let client: SupabaseClient<Database> | undefined;

function database(): SupabaseClient<Database> {
  return client ??= createClient<Database>(requiredSetting("SUPABASE_URL"), secretKey(), {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: {
      fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }),
    },
  });
}

/**
 * Saves one event. When this returns, the provider's row, the log row and the request's status are
 * committed together.
 *
 * @throws {Problem} What the database says of the event, or `unavailable`, or `internal`.
 */
export async function saveCallEvent(event: CallEvent): Promise<SavedCallResult> {
  const { data, error, status } = await database().rpc("save_call_result", event);
  if (error) throw problemOf(error, status);
  return {
    outcome: data.outcome!,
    providerId: data.provider_id!,
    serviceRequestId: data.service_request_id!,
    callId: data.call_id,
    callStatus: data.call_status!,
    requestStatus: data.request_status!,
  };
}

/**
 * Keeps a delivery that could not be applied, and gives the problem the id of its row. The same
 * delivery again is the same row.
 *
 * @throws {Problem} `unavailable` or `internal`: then the sender has to try again.
 */
export async function keepRejected(
  problem: Problem,
  delivery: {
    source: Database["public"]["Enums"]["call_source"];
    payload: Json;
    idempotencyKey?: string;
  },
): Promise<void> {
  const { data, error, status } = await database().rpc("reject_call_result", {
    source: delivery.source,
    code: problem.code,
    issues: (problem.extra.issues ?? [{ path: "", message: problem.detail }]) as unknown as Json,
    payload: delivery.payload,
    idempotency_key: delivery.idempotencyKey,
  });
  if (error) {
    const failure = problemOf(error, status);
    // A 4xx would tell the sender that the delivery is kept.
    throw failure.kind.retryable ? failure : internal(failure.extra.reason);
  }
  problem.rejectedId = data;
}

/**
 * Errors of Postgres (https://www.postgresql.org/docs/17/errcodes-appendix.html) and of the Data
 * API (https://docs.postgrest.org/en/stable/references/errors.html) as the sender sees them.
 */
function problemOf(error: PostgrestError, status: number): Problem {
  // What is not the Data API's JSON, a proxy's page for example, has a message alone.
  const code = error.code ?? "";
  if (code.startsWith("PT") && isProblemCode(error.details)) {
    return new Problem(error.details, `${capitalized(error.message)}.`);
  }
  if (/^(22|23)/.test(code)) {
    return new Problem("invalid_payload", "The database refuses a value of this delivery.", {
      reason: `SQLSTATE ${code}`,
    });
  }
  // No HTTP status: no answer came. 08, 40, 53, 57, 58: connection, deadlock, resources, shutdown or time-out, disk.
  if (status === 0 || status >= 502 || /^(08|40|53|57|58|PGRST00)/.test(code)) {
    return new Problem("unavailable", "The database cannot be reached. Try again.", {
      headers: { "Retry-After": "5" },
      reason: code || `HTTP ${status}`,
    });
  }
  // Never the message: it could quote what was sent.
  return internal(`HTTP ${status} ${code}`);
}

function internal(reason: string | undefined): Problem {
  return new Problem("internal", "Something went wrong here. Try again.", { reason });
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
