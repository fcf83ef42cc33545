import { VapiClient, VapiError } from "@vapi-ai/server-sdk";
import * as z from "zod/mini";
import { requiredSetting } from "../_shared/settings.ts";
import { type VapiCall, vapiCallSchema } from "../_shared/vapi_call.ts";

/** After so many failures in a row, Vapi is left alone for the rest of a run. */
const MAX_FAILURES_IN_A_ROW = 10;

/** A call could not be asked about. */
export class VapiFailure extends Error {
  override name = "VapiFailure";

  /** @param reason In a word, for example `HTTP 429`; never Vapi's own, which may quote the call. */
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** What the reconciler asks of Vapi's API. */
export class Vapi {
  /** Asks again once after 408, 429 and 5xx, as late as `Retry-After` says, up to a minute. */
  readonly #client = new VapiClient({
    token: requiredSetting("VAPI_API_KEY"),
    baseUrl: Deno.env.get("VAPI_BASE_URL") || undefined,
    timeoutInSeconds: 10,
    maxRetries: 1,
  });
  #failuresInARow = 0;

  /** False once there is no sense in asking on. */
  get answers(): boolean {
    return this.#failuresInARow < MAX_FAILURES_IN_A_ROW;
  }

  /**
   * A call; undefined where Vapi does not have it.
   *
   * @throws {VapiFailure} Where it could not be asked, or the answer cannot be read.
   */
  async get(callId: string): Promise<VapiCall | undefined> {
    const answer = await this.#ask(() => this.#client.calls.get({ id: callId }));
    if (answer === undefined) return undefined;
    const call = readCall(answer);
    if (call?.id !== callId || !call.status) throw new VapiFailure("unreadable answer");
    return call;
  }

  /**
   * The newest calls created in [`from`, `before`), at most `limit`. One that cannot be read is
   * undefined.
   *
   * @throws {VapiFailure}
   */
  async list(from: Date, before: Date, limit: number): Promise<(VapiCall | undefined)[]> {
    const answer = await this.#ask(() =>
      this.#client.calls.list({
        createdAtGe: from.toISOString(),
        createdAtLt: before.toISOString(),
        limit,
      })
    );
    if (!Array.isArray(answer)) throw new VapiFailure("unreadable answer");
    return answer.map(readCall);
  }

  /** Undefined for what Vapi does not have: 404, and 400 or 422 for an id that is none of its own. */
  async #ask(request: () => Promise<unknown>): Promise<unknown> {
    try {
      const answer = await request();
      this.#failuresInARow = 0;
      return answer;
    } catch (error) {
      const status = error instanceof VapiError ? error.statusCode : undefined;
      if (status === 404 || status === 400 || status === 422) {
        this.#failuresInARow = 0;
        return undefined;
      }
      this.#failuresInARow++;
      throw new VapiFailure(status ? `HTTP ${status}` : "no answer");
    }
  }
}

function readCall(answer: unknown): VapiCall | undefined {
  const { success, data } = z.safeParse(vapiCallSchema, answer);
  return success ? data : undefined;
}
