/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Connection, Database, Watched, WatchOptions } from "./mod.d.ts" */
import { fetchRequest } from "./query.js";
import { Rows } from "./rows.js";
import { Subscription } from "./subscription.js";
import { backOff, jittered } from "./time.js";

const FETCH_TIMEOUT = 10_000;

/** @type {typeof import("./mod.d.ts").watchServiceRequest} */
export function watchServiceRequest(supabase, requestId, listener, options) {
  const watch = new Watch(supabase, requestId, listener, options);
  return () => watch.stop();
}

/** Fetches when there is a reason to: a new subscription, a change that says too little, or none at all. */
class Watch {
  #rows = new Rows();
  #stopping = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Connection} */
  #connection = "connecting";
  #isJoined = false;
  #isFetched = false;
  #isFetching = false;
  /** Whether something may have happened since the last fetch began. */
  #isBehind = false;
  #fetchFailures = 0;
  /** Fetches in a row that found nothing new. */
  #idleFetches = 0;
  /** @type {Error | null} */
  #connectionError = null;
  /** @type {Error | null} */
  #error = null;
  #told = "";

  /**
   * @param {SupabaseClient<Database>} supabase
   * @param {string} requestId
   * @param {(watched: Watched) => void} listener
   * @param {WatchOptions} [options]
   */
  constructor(supabase, requestId, listener, { openInterval = 1000, idleInterval = 30_000 } = {}) {
    this.supabase = supabase;
    this.requestId = requestId;
    this.listener = listener;
    this.openInterval = openInterval;
    this.idleInterval = idleInterval;
    this.subscription = new Subscription(supabase, requestId, {
      joined: () => this.#joined(),
      lost: (error) => this.#lost(error),
      changed: (change) => this.#rows.change(change) ? this.#tell() : this.#fetch(),
    });
    const { signal } = this.#stopping;
    globalThis.document?.addEventListener("visibilitychange", () => this.#wake(), { signal });
    globalThis.addEventListener("online", () => this.#wake(), { signal });
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
    this.#isBehind = true;
    if (this.#isFetching) return;
    this.#isFetching = true;
    clearTimeout(this.#timer);
    do await this.#fetchOnce(); while (this.#isBehind && !this.#fetchFailures);
    this.#isFetching = false;
    if (this.#stopping.signal.aborted) return;
    const isNews = this.#tell();
    this.#idleFetches = isNews ? 0 : this.#idleFetches + 1;
    this.#schedule();
  }

  async #fetchOnce() {
    const { signal } = this.#stopping;
    this.#isBehind = false;
    this.#rows.hold();
    try {
      const either = AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT)]);
      this.#rows.replace(await fetchRequest(this.supabase, this.requestId, either));
      this.#isFetched = true;
      this.#fetchFailures = 0;
      this.#error = null;
      if (this.#isJoined && !this.#isBehind) {
        this.#connection = "live";
        this.#connectionError = null;
      }
    } catch (error) {
      this.#fetchFailures++;
      this.#error = /** @type {Error} */ (error);
    }
    if (!this.#rows.release()) this.#isBehind = true;
  }

  /** Fetches again later, unless Realtime tells what changes or nobody is looking. */
  #schedule() {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted || this.#isFetching || globalThis.document?.hidden) return;
    if (this.#isJoined && !this.#fetchFailures) return;
    this.#timer = setTimeout(() => this.#fetch(), jittered(this.#wait()));
  }

  #wait() {
    if (this.#fetchFailures) return backOff(this.#fetchFailures);
    const isOpen = this.#rows.read().providers
      .some(({ call_status }) => call_status === "queued" || call_status === "in_progress");
    return isOpen ? this.openInterval : backOff(this.#idleFetches, this.idleInterval);
  }

  /** @returns Whether there was anything new to tell. */
  #tell() {
    const news = [
      this.#connection,
      this.#connectionError?.message,
      this.#error?.message,
      this.#rows.version,
      this.#isFetched,
    ].join();
    if (news === this.#told) return false;
    this.#told = news;
    const { request, ...rows } = this.#rows.read();
    try {
      this.listener({
        connection: this.#connection,
        connectionError: this.#connectionError,
        error: this.#error,
        request: this.#isFetched ? request : undefined,
        ...rows,
      });
    } catch (error) {
      reportError(error); // the listener's own: the watch goes on
    }
    return true;
  }
}
