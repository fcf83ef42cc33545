/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { LogEntry, Provider, ServiceRequest } from "./mod.d.ts" */
/** @typedef {{ service_requests: ServiceRequest, providers: Provider, interaction_logs: LogEntry }} RowOf */
/** @typedef {keyof RowOf} Table */

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

export const TABLES = /** @type {Table[]} */ (Object.keys(COLUMNS));

/** What Postgres answers where a column is not there. */
const UNDEFINED_COLUMN = "42703";

/** @param {{ code: string }} error */
export const isColumnMissing = ({ code }) => code === UNDEFINED_COLUMN;

/** @type {WeakMap<object, Columns>} */
const ofClients = new WeakMap();

/** The columns that a project's tables have: an application's own may lack some. */
export class Columns {
  /** What a table has: all, or those that its rows showed; undefined while none did. */
  #found = /** @type {Record<Table, string[] | undefined>} */ (
    Object.fromEntries(TABLES.map((table) => [table, wanted(table)]))
  );

  /** Those of a client, for as long as there is one. @param {SupabaseClient} supabase */
  static of(supabase) {
    const columns = ofClients.get(supabase) ?? new Columns();
    ofClients.set(supabase, columns);
    return columns;
  }

  /** From here on, rows tell which columns there are. */
  doubt() {
    for (const table of TABLES) this.#found[table] = undefined;
  }

  /** What to ask for. @param {Table} table */
  select(table) {
    return this.#found[table]?.join() ?? "*";
  }

  /** Whether a table has them all. @param {Table} table */
  isWhole(table) {
    return this.#found[table]?.length === wanted(table).length;
  }

  /**
   * The columns that are wanted of a row: null where the table lacks one.
   *
   * @template {Table} T
   * @param {T} table
   * @param {Record<string, unknown>} row
   */
  pick(table, row) {
    this.#found[table] ??= wanted(table).filter((column) => column in row);
    const picked = Object.fromEntries(wanted(table).map((column) => [column, row[column] ?? null]));
    return /** @type {RowOf[T]} */ (/** @type {unknown} */ (picked));
  }
}

/** @param {Table} table */
export const wanted = (table) => Object.keys(COLUMNS[table]);
