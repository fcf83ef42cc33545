/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Connection, Database, Watched, WatchOptions } from "./mod.d.ts" */
import { Columns } from "./columns.js";
import { Fetching } from "./fetching.js";
import { Rows } from "./rows.js";
import { Subscription } from "./subscription.js";
import { backOff, jittered } from "./time.js";

/** @type {typeof import("./mod.d.ts").watchServiceRequest} */
export function watchServiceRequest(supabase, requestId, listener, options) {
  const watch = new Watch(supabase, requestId, listener, options);
  return () => watch.stop();
}

/** Fetches when there is a reason to: a new subscription, a change that says too little, or none. */
class Watch {
  /** @type {Rows} */
  #rows;
  #stopping = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Connection} */
  #connection = "connecting";
  /** @type {Error | null} */
  #connectionError = null;
  #isJoined = false;
  /** Fetches in a row that found nothing new. */
  #idleFetches = 0;
  #told = "";

  /**
   * @param {SupabaseClient<Database>} supabase
   * @param {string} requestId
   * @param {(watched: Watched) => void} listener
   * @param {WatchOptions} [options]
   */
  constructor(supabase, requestId, listener, { openInterval = 1000, idleInterval = 30_000 } = {}) {
    this.listener = listener;
    this.openInterval = openInterval;
    this.idleInterval = idleInterval;
    this.#rows = new Rows(Columns.of(supabase));
    const { signal } = this.#stopping;
    this.fetching = new Fetching(supabase, requestId, this.#rows, signal);
    this.subscription = new Subscription(supabase, requestId, {
      joined: () => this.#joined(),
      lost: (error) => this.#lost(error),
      changed: (change) => this.#rows.change(change) ? this.#tell() : this.#fetch(),
    });
    globalThis.document?.addEventListener("visibilitychange", () => this.#wake(), { signal });
    globalThis.addEventListener("online", () => this.#wake(), { signal });
    queueMicrotask(() => this.#tell());
    this.#fetch();
  }

  /** Stops for good; the listener hears of it at once. */
  stop() {
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort();
      clearTimeout(this.#timer);
      this.#connection = "stopped";
      this.#tell();
    }
    return this.subscription.stop();
  }

  #joined() {
    this.#isJoined = true;
    this.#fetch(); // what changed before is not told again
  }

  /** @param {Error} error */
  #lost(error) {
    this.#isJoined = false;
    this.#connection = "polling";
    this.#connectionError = error;
    this.#tell();
    this.#schedule();
  }

  /** The page is looked at again, or the network is back. */
  #wake() {
    if (globalThis.document?.hidden) return;
    this.subscription.hurry();
    this.#idleFetches = 0;
    this.#fetch();
  }

  async #fetch() {
    clearTimeout(this.#timer);
    const isOurs = await this.fetching.run();
    if (!isOurs || this.#stopping.signal.aborted) return;
    if (this.#isJoined && !this.fetching.error) {
      this.#connection = "live";
      this.#connectionError = null;
    }
    this.#idleFetches = this.#tell() ? 0 : this.#idleFetches + 1;
    this.#schedule();
  }

  /** Fetches again later, unless Realtime tells what changes or nobody is looking. */
  #schedule() {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted || this.fetching.isUnderWay) return;
    if (globalThis.document?.hidden || this.#isJoined && !this.fetching.failures) return;
    this.#timer = setTimeout(() => this.#fetch(), jittered(this.#wait()));
  }

  #wait() {
    if (this.fetching.failures) return backOff(this.fetching.failures);
    return this.#rows.areOpen ? this.openInterval : backOff(this.#idleFetches, this.idleInterval);
  }

  /** @returns Whether there was anything new to tell. */
  #tell() {
    const { isDone, error } = this.fetching;
    const { message } = this.#connectionError ?? {};
    const news = [this.#connection, message, error?.message, this.#rows.version, isDone].join();
    if (news === this.#told) return false;
    this.#told = news;
    const { request, ...rows } = this.#rows.read();
    try {
      this.listener({
        connection: this.#connection,
        connectionError: this.#connectionError,
        error,
        request: isDone ? request : undefined,
        ...rows,
      });
    } catch (error) {
      reportError(error); // the listener's own: the watch goes on
    }
    return true;
  }
}
