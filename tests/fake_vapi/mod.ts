/**
 * A Vapi for tests: `POST /call`, `GET /call/:id` and `GET /call` over HTTP, with calls that follow
 * a script, and with the server messages that the real one sends.
 *
 * ```ts
 * await using vapi = startFakeVapi({ script: (call) => call.customer?.number === busy ? unanswered("customer-busy") : answered() });
 * // ... point VAPI_BASE_URL at vapi.url ...
 * vapi.calls[0].request.assistant?.metadata;
 * ```
 *
 * @module
 */
import type { Vapi } from "@vapi-ai/server-sdk";
import { FakeCall } from "./call.ts";
import { objectionsTo } from "./refusals.ts";
import { answered, type CallScript, type Fault, problem } from "./script.ts";
import { type Delivery, sendWebhooks } from "./webhooks.ts";

export * from "./script.ts";
export type { FakeCall, WireCall } from "./call.ts";
export { type Delivery, endOfCallReport } from "./webhooks.ts";

/** A request as it arrived, and what it was answered; 0 for no answer. */
export interface RecordedRequest {
  method: string;
  path: string;
  body: unknown;
  status: number;
  /** When it came, in milliseconds since 1970. */
  at: number;
}

export interface FakeVapiOptions {
  /** A free port when absent. */
  port?: number;
  /** The API key it accepts. */
  token?: string;
  /** How a call goes; every call is answered and ends well when absent. */
  script?: (request: Vapi.CreateCallDto) => CallScript;
}

/** A running fake. */
export interface FakeVapi extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** The calls it took, oldest first. */
  readonly calls: FakeCall[];
  readonly requests: RecordedRequest[];
  /** The tries at delivering webhooks. */
  readonly deliveries: Delivery[];
  /** Faults of the next `GET /call` requests, first come first served. */
  readonly listFaults: Fault[];
  /** The days for which it keeps calls, and whether it says so when it is asked for older ones. */
  readonly plan: { days: number; isSaid: boolean };
  stop(): Promise<void>;
}

/** Starts a fake Vapi on loopback. */
export function startFakeVapi(options: FakeVapiOptions = {}): FakeVapi {
  const { port = 0, token = "test-vapi-key", script = () => answered() } = options;
  const calls: FakeCall[] = [];
  const requests: RecordedRequest[] = [];
  const deliveries: Delivery[] = [];
  const listFaults: Fault[] = [];
  const plan = { days: 14, isSaid: true };
  const attempts = new Map<string, number>();
  const stopping = new AbortController();

  const server = Deno.serve(
    { port, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { pathname, search, searchParams } = new URL(request.url);
      const text = await request.text();
      const record = {
        method: request.method,
        path: pathname + search,
        body: parse(text),
        status: 0,
        at: Date.now(),
      };
      requests.push(record);

      const answer = request.headers.get("authorization") === `Bearer ${token}`
        ? route(request.method, pathname, searchParams, record.body)
        : problem(401, "Unauthorized", "Invalid Key.");
      if (answer === "no answer") await untilAborted(request.signal, stopping.signal);
      const response = toResponse(answer);
      record.status = typeof answer === "string" ? 0 : response.status;
      return response;
    },
  );

  function route(method: string, path: string, query: URLSearchParams, body: unknown): Fault {
    const id = path.match(/^\/call\/([^/]+)$/)?.[1];
    if (method === "POST" && path === "/call") return create(body);
    if (method === "GET" && path === "/call") return listFaults.shift() ?? list(query);
    if (method === "GET" && id) return get(id);
    return problem(404, "Not Found", `Cannot ${method} ${path}`);
  }

  function create(body: unknown): Fault {
    const objections = objectionsTo(body);
    if (objections.length > 0) return problem(400, "Bad Request", objections);

    const request = body as Vapi.CreateCallDto;
    const callScript = script(request);
    const fault = callScript.createFaults?.[attempt(`create ${request.customer?.number}`)];
    if (fault) return fault;

    const call = new FakeCall(request, callScript);
    calls.push(call);
    sendWebhooks(call, deliveries, stopping.signal);
    return json(201, call.snapshot());
  }

  function get(id: string): Fault {
    const call = calls.find((call) => call.id === id);
    if (!call) return problem(404, "Not Found", "Couldn't Get Call. Does Not Exist.");
    if (isTooOld(call.createdAt)) return tooOld(call.script.turns.at(-1)?.message);
    return call.script.getFaults?.[attempt(`get ${id}`)] ?? json(200, call.snapshot());
  }

  function list(query: URLSearchParams): Fault {
    const time = (name: string, otherwise: number) => Date.parse(query.get(name)!) || otherwise;
    if (isTooOld(time("createdAtGe", Infinity))) return tooOld();
    const found = calls
      .filter((call) =>
        call.createdAt >= time("createdAtGe", -Infinity) &&
        call.createdAt < time("createdAtLt", Infinity) &&
        call.updatedAt() >= time("updatedAtGe", -Infinity)
      )
      .sort((a, b) => b.createdAt - a.createdAt)
      .slice(0, Number(query.get("limit") ?? 100))
      .map((call) => call.snapshot());
    return json(200, found);
  }

  function isTooOld(time: number): boolean {
    return time < Date.now() - plan.days * 24 * 3_600_000;
  }

  function tooOld(quoted = ""): Fault {
    const covered = plan.isSaid ? `the last ${plan.days} days` : "recent days";
    const message = `Your subscription plan only covers ${covered} of call history. ${quoted}`;
    return problem(400, "Bad Request", message);
  }

  function attempt(key: string): number {
    const earlier = attempts.get(key) ?? 0;
    attempts.set(key, earlier + 1);
    return earlier;
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await server.shutdown();
  }

  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    token,
    calls,
    requests,
    deliveries,
    listFaults,
    plan,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function json(status: number, body: unknown): Fault {
  return { status, body: JSON.stringify(body) };
}

function toResponse(answer: Fault): Response {
  if (answer === "no answer") return new Response(null, { status: 499 });
  if (answer === "cut") return cut();
  const { status, body = "", headers } = answer;
  return new Response(body, {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** A response that breaks off: the client sees the connection close. */
export function cut(): Response {
  return new Response(new ReadableStream({ start: (stream) => stream.error("cut") }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Keeps a request waiting until its client, or the test, has had enough. */
function untilAborted(...signals: AbortSignal[]): Promise<void> {
  const any = AbortSignal.any(signals);
  return new Promise((resolve) => {
    if (any.aborted) return resolve();
    any.addEventListener("abort", () => resolve(), { once: true });
  });
}
