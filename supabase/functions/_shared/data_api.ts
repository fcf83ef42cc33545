import { createClient, type PostgrestError, type SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "./database.types.ts";
import { isProblemCode, Problem } from "./problem.ts";
import { secretKey, supabaseUrl } from "./settings.ts";

/** How long the Data API may take; below the ten seconds in which a sender is promised an answer. */
const TIMEOUT_MS = 8_000;

let client: SupabaseClient<Database> | undefined;

/** The Data API, as service_role. One client serves all requests of an instance. */
export function dataApi(): SupabaseClient<Database> {
  return client ??= createClient<Database>(supabaseUrl(), secretKey(), {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: {
      fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }),
    },
  });
}

/** The data that a query answers. @throws {Problem} As {@link problemOf} reads its error. */
export async function dataOf<T>(
  query: PromiseLike<
    { data: T; error: null } | { data: unknown; error: PostgrestError; status: number }
  >,
): Promise<T> {
  const answer = await query;
  if (answer.error) throw problemOf(answer.error, answer.status);
  return answer.data as T;
}

/**
 * Errors of Postgres (https://www.postgresql.org/docs/17/errcodes-appendix.html) and of the Data
 * API (https://docs.postgrest.org/en/stable/references/errors.html) as the sender sees them.
 */
export function problemOf(error: PostgrestError, status: number): Problem {
  const { code } = error;
  if (code?.startsWith("PT") && isProblemCode(error.details)) {
    const later = status >= 500 && { headers: { "Retry-After": "60" }, reason: error.message };
    return new Problem(error.details, `${capitalized(error.message)}.`, later || {});
  }
  if (/^(22|23)/.test(code)) {
    return new Problem("invalid_payload", "The database refuses a value of this delivery.", {
      reason: `SQLSTATE ${code}`,
    });
  }
  if (isAway(code, status)) {
    return new Problem("unavailable", "The database cannot be reached. Try again.", {
      headers: { "Retry-After": "5" },
      reason: code || `HTTP ${status}`,
    });
  }
  // Never the message: it could quote what was sent.
  return new Problem("internal", "Something went wrong here. Try again.", {
    reason: `HTTP ${status} ${code ?? ""}`.trim(),
  });
}

/** Whether the database cannot be reached now, and may be later. */
function isAway(code: string | undefined, status: number): boolean {
  // Not the Data API's JSON: a page of whatever stands before it.
  if (code === undefined) return status >= 500 || status === 429;
  // No status: no answer. An empty code is PostgREST's for a connection lost in mid-statement.
  if (code === "" || status === 0 || status >= 502) return true;
  // Connection, deadlock, resources, shutdown or time-out, disk; a lock that was not to be had, a read-only database.
  return /^(08|40|53|57|58|55P03|25006|PGRST00)/.test(code);
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
