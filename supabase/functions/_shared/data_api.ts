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
  return new Problem("internal", "Something went wrong here. Try again.", {
    reason: `HTTP ${status} ${code}`,
  });
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
