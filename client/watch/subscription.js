/** @import { SupabaseClient, RealtimeChannel } from "@supabase/supabase-js" */
/** @import { Database } from "./mod.d.ts" */
/** @import { Change } from "./rows.js" */
import { Columns, TABLES, wanted } from "./columns.js";
import { aborted, backOff, jittered } from "./time.js";

const TOKEN_TIMEOUT = 10_000;

/** A subscription that lasts so long was good: the next failure is the first one again. */
const GOOD = 30_000;

let joins = 0;

/**
 * Keeps a subscription to the changes of one request.
 *
 * supabase-js joins again by itself after some failures, and not after others: an expired token
 * closes the channel for good. So whatever ends a channel, a new one takes its place here.
 */
export class Subscription {
  #failures = 0;
  #joinedAt = 0;
  #isStopped = false;
  /** @type {RealtimeChannel | undefined} */
  #channel;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {SupabaseClient<Database>} supabase
   * @param {string} requestId
   * @param {{ joined(): void, changed(change: Change): void, lost(error: Error): void }} listener
   */
  constructor(supabase, requestId, listener) {
    this.supabase = supabase;
    this.requestId = requestId;
    this.listener = listener;
    this.#join();
  }

  /** Tries again now, if it is waiting to. */
  hurry() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#join();
  }

  /** Leaves Realtime. */
  async stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#leave();
  }

  async #join() {
    this.#timer = undefined;
    // The channel joins with the token that the socket knows: make that today's.
    const signal = AbortSignal.timeout(TOKEN_TIMEOUT);
    await Promise.race([this.supabase.realtime.setAuth(), aborted(signal)]).catch(() => {});
    if (this.#isStopped) return;
    try {
      this.#subscribe();
    } catch (error) {
      this.#lost(/** @type {Error} */ (error)); // a browser that forbids the socket, for example
    }
  }

  #subscribe() {
    // Joined means, with `wait`, that the changes flow. The topic is new: the server may still hold the old one.
    const channel = this.#channel = this.supabase.channel(
      `service_request:${this.requestId}:${++joins}`,
      { config: { postgres_changes_options: { wait: true } } },
    );
    const isCurrent = () => channel === this.#channel;
    for (const binding of bindings(this.requestId, Columns.of(this.supabase))) {
      channel.on("postgres_changes", binding, (/** @type {any} */ change) => {
        if (isCurrent()) this.listener.changed(change);
      });
    }
    channel.on("system", {}, ({ extension, status, message }) => {
      if (!isCurrent()) return;
      if (status === "error") this.#lost(new Error(message));
      // From a server that does not know `wait`: only now do the changes flow.
      else if (extension === "postgres_changes" && this.#joinedAt) this.listener.joined();
    });
    channel.subscribe((status, error) => {
      if (!isCurrent()) return;
      if (status !== "SUBSCRIBED") return this.#lost(error ?? new Error(`Realtime: ${status}`));
      this.#joinedAt = Date.now();
      this.listener.joined();
    });
  }

  /** @param {Error} error */
  #lost(error) {
    this.#leave();
    if (this.#joinedAt && Date.now() - this.#joinedAt > GOOD) this.#failures = 0;
    this.#joinedAt = 0;
    this.#timer = setTimeout(() => this.#join(), jittered(backOff(this.#failures++)));
    this.listener.lost(error);
  }

  async #leave() {
    const channel = this.#channel;
    this.#channel = undefined;
    if (channel) await this.supabase.removeChannel(channel);
  }
}

/**
 * Of a table that lacks a column no row is taken over, only told that it changed: its id is enough.
 *
 * @param {string} requestId
 * @param {Columns} columns
 */
function bindings(requestId, columns) {
  const all = /** @type {const} */ ({ event: "*", schema: "public" });
  return [
    ...TABLES.map((table) => ({
      ...all,
      table,
      filter: `${table === "service_requests" ? "id" : "request_id"}=eq.${requestId}`,
      select: columns.isWhole(table) ? wanted(table) : ["id"],
    })),
    // A deleted row is known by its id alone, and passes no other filter.
    { ...all, event: /** @type {any} */ ("DELETE"), table: "providers", select: ["id"] },
  ];
}
