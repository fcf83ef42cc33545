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

  /**
   * @param reason In a word, for example `HTTP 429`; never Vapi's own, which may quote the call.
   * @param status The HTTP status of its answer, if there was one.
   * @param retention What it says of how long it keeps calls, where it refuses to look farther back.
   */
  constructor(
    readonly reason: string,
    readonly status?: number,
    readonly retention?: { days: number | undefined },
  ) {
    super(reason);
  }

  /** Whether Vapi answers that it does not have the call, or not any more. */
  get isUnknownCall(): boolean {
    return this.status !== undefined && UNKNOWN_CALL.includes(this.status);
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

  /** @param unread Takes the paths of what could not be read of a call, and was left out. */
  constructor(readonly unread: Set<string>) {}

  /** False once there is no sense in asking on. */
  get answers(): boolean {
    return this.#failuresInARow < MAX_FAILURES_IN_A_ROW;
  }

  /** @throws {VapiFailure} */
  async get(callId: string): Promise<VapiCall> {
    const answer = await this.#ask(() => this.#client.calls.get({ id: callId }));
    const call = readCall(answer, this.unread);
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
    const calls = Array.isArray(answer)
      ? answer.map((call) => readCall(call, this.unread))
      : undefined;
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
      const failure = failureOf(error);
      this.#failuresInARow = failure.isUnknownCall ? 0 : this.#failuresInARow + 1;
      throw failure;
    }
  }
}

function failureOf(error: unknown): VapiFailure {
  const { statusCode, body } = error instanceof VapiError ? error : {};
  if (statusCode === undefined) return new VapiFailure("no answer");
  const reason = `HTTP ${statusCode}`;
  // The one thing that is read of an error's words.
  const [words, days] = /\bplan\b[^.]*\bcovers?\b(?:[^.]*?\blast (\d{1,4}) days?\b)?/i
    .exec(JSON.stringify(body) ?? "") ?? [];
  if (statusCode !== 400 || !words) return new VapiFailure(reason, statusCode);
  return new VapiFailure(`${reason}: Vapi does not keep calls for so long`, statusCode, {
    days: days ? Number(days) : undefined,
  });
}

/** A call as far as it can be read, with the paths of what was left out in `unread`; undefined for what is none. */
export function readCall(answer: unknown, unread = new Set<string>()): VapiCall | undefined {
  try {
    const { value, warnings } = read(vapiCallSchema, answer);
    for (const { path } of warnings) unread.add(`call.${path}`);
    return value;
  } catch {
    return undefined;
  }
}
