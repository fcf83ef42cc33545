/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database, LogEntry, Provider, ServiceRequest } from "./mod.d.ts" */
/** @typedef {{ service_requests: ServiceRequest, providers: Provider, interaction_logs: LogEntry }} RowOf */
/** @typedef {keyof RowOf} Table */
/** @typedef {{ [T in Table]: RowOf[T][] }} Fetched */

/** So many of the newest log rows are kept. */
export const LOG_LENGTH = 50;

/** The columns that are fetched and subscribed to: small ones. @type {{ [T in Table]: Record<keyof RowOf[T], true> }} */
const COLUMNS = {
  service_requests: {
    id: true,
    title: true,
    service_needed: true,
    criteria: true,
    location: true,
    status: true,
    created_at: true,
    updated_at: true,
  },
  providers: {
    id: true,
    request_id: true,
    name: true,
    phone: true,
    call_status: true,
    call_id: true,
    call_result: true,
    call_success_evaluation: true,
    call_summary: true,
    call_duration_minutes: true,
    call_cost: true,
    call_ended_reason: true,
    call_error: true,
    called_at: true,
    created_at: true,
    updated_at: true,
  },
  interaction_logs: {
    id: true,
    request_id: true,
    provider_id: true,
    step_name: true,
    status: true,
    detail: true,
    call_id: true,
    call_status: true,
    created_at: true,
    updated_at: true,
  },
};

/** @param {Table} table */
export const columnsOf = (table) => Object.keys(COLUMNS[table]);

const SELECT = `${columnsOf("service_requests")},
  providers (${columnsOf("providers")}), interaction_logs (${columnsOf("interaction_logs")})`;

/**
 * The request with its providers and newest log rows, in one query.
 *
 * @param {SupabaseClient<Database>} supabase
 * @param {string} requestId
 * @param {AbortSignal} signal
 * @returns {Promise<Fetched>}
 */
export async function fetchRequest(supabase, requestId, signal) {
  const { data, error } = await supabase
    .from("service_requests")
    .select(SELECT)
    .eq("id", requestId)
    .order("created_at", { referencedTable: "interaction_logs", ascending: false })
    .limit(LOG_LENGTH, { referencedTable: "interaction_logs" })
    .abortSignal(signal)
    .retry(false) // who polls tries again anyway
    .maybeSingle();
  if (error) throw new Error(error.message, { cause: error });
  if (!data) return { service_requests: [], providers: [], interaction_logs: [] };
  const { providers, interaction_logs, ...request } =
    /** @type {ServiceRequest & Fetched} */ (/** @type {unknown} */ (data));
  return { service_requests: [request], providers, interaction_logs };
}
