import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import assert from "node:assert/strict";
import { type Database, type Watched, watchServiceRequest } from "../../client/watch/mod.js";
import { aborted } from "../../client/watch/time.js";
import type { Stack } from "../../local/stack.ts";
import type { TestStack } from "./stack.ts";

/** A client, and what it asks the Data API. */
export interface Client {
  supabase: SupabaseClient<Database>;
  fetches: string[];
  /** Holds the answers to fetches from now on back, until what it returns is called. */
  holdFetches(): () => void;
}

/** A customer's own client, signed in. */
export interface Customer extends Client {
  userId: string;
  /** Another client of the same session, as after a reload of the page. */
  reopen(): Client;
  /** Makes the session look as if its time were over. */
  expireSession(): void;
}

/** Signs a new customer up. */
export async function newCustomer(
  { stack }: TestStack,
  transport?: typeof WebSocket,
): Promise<Customer> {
  const stored = new Map<string, string>();
  const customer = openClient(stack, stored, transport);
  const email = `${crypto.randomUUID()}@example.com`;
  const { data, error } = await customer.supabase.auth.signUp({ email, password: "long enough" });
  assert.equal(error, null);
  return {
    ...customer,
    userId: data.user!.id,
    reopen: () => openClient(stack, stored, transport),
    expireSession() {
      for (const [key, value] of stored) {
        const session = JSON.parse(value);
        if (session.expires_at) stored.set(key, JSON.stringify({ ...session, expires_at: 1 }));
      }
    },
  };
}

function openClient(
  stack: Stack,
  stored: Map<string, string>,
  transport?: typeof WebSocket,
): Client {
  const fetches: string[] = [];
  let held: Promise<void> | undefined;
  const supabase = createClient<Database>(stack.url, stack.publishableKey, {
    auth: {
      autoRefreshToken: false,
      storage: {
        getItem: (key) => stored.get(key) ?? null,
        setItem: (key, value) => void stored.set(key, value),
        removeItem: (key) => void stored.delete(key),
      },
    },
    realtime: { disconnectOnEmptyChannelsAfterMs: 0, ...(transport && { transport }) },
    global: {
      async fetch(input, init) {
        if (!String(input).includes("/rest/v1/")) return await fetch(input, init);
        fetches.push(String(input));
        const holding = held;
        const response = await fetch(input, init);
        if (holding) await Promise.race([holding, aborted(init!.signal!)]);
        return response;
      },
    },
  });
  return {
    supabase,
    fetches,
    holdFetches() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = undefined;
        resolve();
      };
    },
  };
}

/** A watch that remembers all it was told. */
export class Watching implements AsyncDisposable {
  readonly told: Watched[] = [];
  readonly stop: () => Promise<void>;
  #news = Promise.withResolvers<void>();

  constructor(customer: Pick<Client, "supabase">, requestId: string) {
    const options = { openInterval: 50, idleInterval: 100 };
    this.stop = watchServiceRequest(customer.supabase, requestId, (watched) => {
      this.told.push(watched);
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    }, options);
  }

  get last(): Watched | undefined {
    return this.told.at(-1);
  }

  /** Waits until what it was told last is as wanted. */
  async until(isWanted: (watched: Watched) => unknown): Promise<Watched> {
    const tooLong = AbortSignal.timeout(20_000); // else a failure would be a test that hangs
    while (!this.last || !isWanted(this.last)) {
      await Promise.race([this.#news.promise, aborted(tooLong)]).catch(() => {
        throw new Error(`${isWanted} did not happen. Last: ${JSON.stringify(this.last)}`);
      });
    }
    return this.last;
  }

  /** The statuses of a provider, each as often as it changed. */
  statusesOf(providerId: string): unknown[] {
    return this.#changesOf((watched) =>
      watched.providers.find(({ id }) => id === providerId)?.call_status
    );
  }

  get connections(): unknown[] {
    return this.#changesOf(({ connection }) => connection);
  }

  #changesOf(value: (watched: Watched) => unknown): unknown[] {
    return this.told.map(value).filter((each, at, all) => at === 0 || each !== all[at - 1]);
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
  }
}
