import { type Vapi as Sdk, VapiClient, VapiError } from "@vapi-ai/server-sdk";
import { read } from "../_shared/read.ts";
import { requiredSetting } from "../_shared/settings.ts";
import { type VapiCall, vapiCallSchema } from "../_shared/vapi_call.ts";

/** After so many failures in a row, Vapi is left alone for the rest of a run. */
const MAX_FAILURES_IN_A_ROW = 10;

/** What Vapi answers for an id that it does not have, or that is none of its own. */
const UNKNOWN_CALL = [400, 404, 422];

/** A call could not be asked about, or Vapi does not have it. */
export class VapiFailure extends Error {
  override name = "VapiFailure";

  /** @param reason In a word, for example `HTTP 429`; never Vapi's own, which may quote the call. */
  constructor(readonly reason: string, readonly isUnknownCall = false) {
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

  /** @throws {VapiFailure} */
  async get(callId: string): Promise<VapiCall> {
    const call = readCall(await this.#ask(() => this.#client.calls.get({ id: callId })));
    if (call?.id !== callId || !call.status) throw new VapiFailure("unreadable answer");
    return call;
  }

  /**
   * The newest calls of a range. One that cannot be read is undefined.
   *
   * @throws {VapiFailure}
   */
  async list(range: Sdk.ListCallsRequest): Promise<(VapiCall | undefined)[]> {
    const answer = await this.#ask(() => this.#client.calls.list(range));
    const calls = Array.isArray(answer) ? answer.map(readCall) : undefined;
    const times = calls?.map((call) => call?.createdAt).filter((time) => time !== undefined);
    if (!calls || !times || (calls.length > 0 && times.length === 0)) {
      throw new VapiFailure("unreadable answer");
    }
    // The order is Vapi's habit, and not documented.
    if (times.some((time, i) => i > 0 && time > times[i - 1])) {
      throw new VapiFailure("list is not newest first");
    }
    return calls;
  }

  async #ask(request: () => Promise<unknown>): Promise<unknown> {
    try {
      const answer = await request();
      this.#failuresInARow = 0;
      return answer;
    } catch (error) {
      const status = error instanceof VapiError ? error.statusCode : undefined;
      if (status === undefined) {
        this.#failuresInARow++;
        throw new VapiFailure("no answer");
      }
      const isUnknownCall = UNKNOWN_CALL.includes(status);
      this.#failuresInARow = isUnknownCall ? 0 : this.#failuresInARow + 1;
      throw new VapiFailure(`HTTP ${status}`, isUnknownCall);
    }
  }
}

function readCall(answer: unknown): VapiCall | undefined {
  try {
    return read(vapiCallSchema, answer).value;
  } catch {
    return undefined;
  }
}
