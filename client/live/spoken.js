/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database, Provider } from "../watch/mod.d.ts" */

/** Knows which calls of a request have words on record: where there are none, no conversation is offered. */
export class Spoken {
  /** What was asked for last: a call that changes may have got its words. */
  #asked = "";
  /** Undefined where the answer could not be had. @type {Set<string | null> | undefined} */
  #callIds = new Set();

  /**
   * @param {SupabaseClient<Database>} supabase
   * @param {() => void} changed
   */
  constructor(supabase, changed) {
    this.supabase = supabase;
    this.changed = changed;
  }

  /** Whether a conversation is to be offered. @param {Provider} provider */
  has({ call_id, call_status }) {
    if (!call_id || isOpen(call_status)) return false;
    return this.#callIds ? this.#callIds.has(call_id) : call_status === "completed"; // to ask again
  }

  /** Asks again if a call that ended has changed. @param {string} requestId @param {Provider[]} providers */
  async ask(requestId, providers) {
    const ended = providers.filter(({ call_status }) => !isOpen(call_status));
    const asked = ended.map(({ call_id, updated_at }) => `${call_id} ${updated_at}`).join();
    if (asked === this.#asked) return;
    this.#asked = asked;
    const { data } = await this.supabase.from("interaction_logs").select("call_id")
      .eq("request_id", requestId).not("transcript", "is", null).retry(false);
    if (asked !== this.#asked) return; // a newer question is under way
    this.#callIds = data ? new Set(data.map(({ call_id }) => call_id)) : undefined;
    this.changed();
  }
}

/** @param {Provider["call_status"]} status */
const isOpen = (status) => !status || status === "queued" || status === "in_progress";
