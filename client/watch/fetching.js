/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database } from "./mod.d.ts" */
/** @import { Rows } from "./rows.js" */
import { fetchRequest } from "./query.js";
import { aborted } from "./time.js";

const TIMEOUT = 10_000;

/** Fetches the rows: one query at a time, and another when something happened meanwhile. */
export class Fetching {
  isUnderWay = false;
  /** Whether it ever succeeded. */
  isDone = false;
  /** In a row. */
  failures = 0;
  /** Of the last one. @type {Error | null} */
  error = null;
  #isBehind = false;

  /**
   * @param {SupabaseClient<Database>} supabase
   * @param {string} requestId
   * @param {Rows} rows
   * @param {AbortSignal} signal
   */
  constructor(supabase, requestId, rows, signal) {
    this.supabase = supabase;
    this.requestId = requestId;
    this.rows = rows;
    this.signal = signal;
  }

  /**
   * Fetches until the rows have caught up with this moment, or until it fails.
   *
   * @returns False where a fetch is under way already, which then does that.
   */
  async run() {
    this.#isBehind = true;
    if (this.isUnderWay) return false;
    this.isUnderWay = true;
    do await this.#once(); while (this.#isBehind && !this.failures);
    this.isUnderWay = false;
    return true;
  }

  async #once() {
    this.#isBehind = false;
    this.rows.hold();
    try {
      const signal = AbortSignal.any([this.signal, AbortSignal.timeout(TIMEOUT)]);
      // The client asks for the user's token first, which no signal reaches.
      const fetched = fetchRequest(this.supabase, this.requestId, signal);
      this.rows.replace(await Promise.race([fetched, aborted(signal)]));
      this.isDone = true;
      this.failures = 0;
      this.error = null;
    } catch (error) {
      this.failures++;
      this.error = /** @type {Error} */ (error);
    }
    if (!this.rows.release()) this.#isBehind = true;
  }
}
