/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { RowOf, Table } from "./columns.js" */
/** @import { Database } from "./mod.d.ts" */
/** @typedef {{ [T in Table]: RowOf[T][] }} Fetched */
/** @typedef {Record<string, unknown>} AnyRow */
/** @typedef {AnyRow & { providers: AnyRow[], interaction_logs: AnyRow[] }} Answer */
import { Columns, isColumnMissing } from "./columns.js";

/** So many of the newest log rows are kept. */
export const LOG_LENGTH = 50;

/**
 * The request with its providers and newest log rows, in one query.
 *
 * @param {SupabaseClient<Database>} supabase
 * @param {string} requestId
 * @param {AbortSignal} signal
 * @returns {Promise<Fetched>}
 */
export async function fetchRequest(supabase, requestId, signal) {
  const columns = Columns.of(supabase);
  let { data, error } = await ask();
  if (error && isColumnMissing(error)) {
    columns.doubt();
    ({ data, error } = await ask());
  }
  if (error) throw new Error(error.message, { cause: error });
  if (!data) return { service_requests: [], providers: [], interaction_logs: [] };
  const { providers, interaction_logs, ...request } =
    /** @type {Answer} */ (/** @type {unknown} */ (data));
  return {
    service_requests: [columns.pick("service_requests", request)],
    providers: providers.map((row) => columns.pick("providers", row)),
    interaction_logs: interaction_logs.map((row) => columns.pick("interaction_logs", row)),
  };

  /** A second foreign key may join requests and providers: it is said which one is meant. */
  async function ask() {
    return await supabase
      .from("service_requests")
      .select(
        `${columns.select("service_requests")},
        providers!providers_request_id_fkey (${columns.select("providers")}),
        interaction_logs (${columns.select("interaction_logs")})`,
      )
      .eq("id", requestId)
      .order("created_at", { referencedTable: "interaction_logs", ascending: false })
      .limit(LOG_LENGTH, { referencedTable: "interaction_logs" })
      .abortSignal(signal)
      .retry(false) // who polls tries again anyway
      .maybeSingle();
  }
}
