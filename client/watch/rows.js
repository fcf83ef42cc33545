/** @import { LogEntry, Provider, ServiceRequest } from "./mod.d.ts" */
/** @import { Columns, Table } from "./columns.js" */
/** @import { Fetched } from "./query.js" */
import { TABLES, wanted } from "./columns.js";
import { LOG_LENGTH } from "./query.js";
import { microseconds } from "./time.js";

/** @typedef {ServiceRequest | Provider | LogEntry} Row */
/** @typedef {{ table: Table, eventType: string, new: Record<string, unknown>, old: Record<string, unknown>, errors?: string[] | null }} Change */

/** The rows of one request, merged from queries and changes by id. None ever becomes older. */
export class Rows {
  /** Moves whenever a row does. */
  version = 0;

  /** @type {Record<Table, Map<string, Row>>} */
  #rows = { service_requests: new Map(), providers: new Map(), interaction_logs: new Map() };

  /** Changes that came while a query was under way. @type {Change[] | undefined} */
  #waiting;

  /** @param {Columns} columns */
  constructor(columns) {
    this.columns = columns;
  }

  /** Call it before a query: what changes from here on may be missing in its result. */
  hold() {
    this.#waiting ??= [];
  }

  /**
   * Applies what changed since {@link hold}.
   *
   * @returns Whether all of it could be applied.
   */
  release() {
    const changes = this.#waiting ?? [];
    this.#waiting = undefined;
    return changes.map((change) => this.change(change)).every(Boolean);
  }

  /** Takes a query's result over: rows that it lacks are gone. @param {Fetched} fetched */
  replace(fetched) {
    for (const table of TABLES) {
      const known = this.#rows[table];
      const next = new Map(fetched[table].map((row) => [row.id, this.#fetched(table, row)]));
      const isSame = next.size === known.size &&
        [...next].every(([id, row]) => known.get(id) === row);
      if (isSame) continue;
      this.#rows[table] = next;
      this.version++;
    }
  }

  /**
   * Applies a change that Realtime told of.
   *
   * @param {Change} change
   * @returns Whether that was possible; else a query has to tell what changed.
   */
  change(change) {
    if (this.#waiting) return this.#waiting.push(change) > 0;
    if (change.errors?.length) return false; // too large, or not readable: fields are missing
    const { table } = change;
    if (change.eventType === "DELETE") return this.#delete(table, String(change.old.id));
    if (!this.columns.isWhole(table)) return false; // which of two rows is the newer one, only a query knows
    const known = this.#rows[table].get(String(change.new.id));
    // An unchanged large value is not sent: what is known of it still holds.
    const values = /** @type {Record<string, unknown>} */ ({ ...known, ...change.new });
    const merged = Object.fromEntries(wanted(table).map((column) => [column, values[column]]));
    if (Object.values(merged).includes(undefined)) return false;
    const row = newer(known, /** @type {Row} */ (/** @type {unknown} */ (merged)));
    if (row === known) return true;
    this.#rows[table].set(row.id, row);
    this.version++;
    if (table === "interaction_logs") this.#forgetOldest();
    return true;
  }

  /**
   * What is known of a row that was fetched: the row itself, where nothing says which is newer.
   *
   * @param {Table} table
   * @param {Row} row
   */
  #fetched(table, row) {
    const known = this.#rows[table].get(row.id);
    if (this.columns.isWhole(table)) return newer(known, row);
    return known && JSON.stringify(known) === JSON.stringify(row) ? known : row;
  }

  /** Those that are not shown any more. */
  #forgetOldest() {
    if (this.#rows.interaction_logs.size <= 2 * LOG_LENGTH) return;
    this.#rows.interaction_logs = new Map(this.read().log.map((row) => [row.id, row]));
  }

  /** @param {Table} table @param {string} id */
  #delete(table, id) {
    if (!this.#rows[table].delete(id)) return true;
    this.version++;
    if (table === "service_requests") {
      this.#rows.providers.clear();
      this.#rows.interaction_logs.clear();
    }
    for (const [logId, log] of this.#rows.interaction_logs) {
      if ("provider_id" in log && log.provider_id === id) this.#rows.interaction_logs.delete(logId);
    }
    return true;
  }

  /** Whether a call is open. */
  get areOpen() {
    return this.read().providers
      .some(({ call_status }) => call_status === "queued" || call_status === "in_progress");
  }

  /** The rows in the order in which they are shown. */
  read() {
    const { service_requests, providers, interaction_logs } = this.#rows;
    return {
      request: /** @type {ServiceRequest | null} */ ([...service_requests.values()][0] ?? null),
      providers: /** @type {Provider[]} */ ([...providers.values()]).sort((a, b) =>
        microseconds(a.created_at) - microseconds(b.created_at) || compare(a.name, b.name)
      ),
      log: /** @type {LogEntry[]} */ ([...interaction_logs.values()]).sort((a, b) =>
        microseconds(b.created_at) - microseconds(a.created_at) || compare(a.id, b.id)
      ).slice(0, LOG_LENGTH),
    };
  }
}

/**
 * @param {Row | undefined} known
 * @param {Row} row
 */
function newer(known, row) {
  if (!known) return row;
  return dateOf(row) > dateOf(known) ? row : known;
}

/** @param {string} a @param {string} b */
const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;

/** @param {Row} row */
const dateOf = ({ updated_at }) => microseconds(updated_at ?? "");
