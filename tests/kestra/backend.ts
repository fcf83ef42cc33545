import { cut } from "../fake_vapi/mod.ts";

/** A provider to phone. */
export interface Provider {
  id: string;
  name: string;
  phone: string;
}

/** A provider's row, as far as the scenarios look at it. */
export interface ProviderRow {
  call_status: string | null;
  call_id: string | null;
  call_ended_reason: string | null;
  call_summary: string | null;
  call_result: unknown;
  call_success_evaluation: string | null;
  call_transcript: string | null;
  call_error: string | null;
}

/** Where results end up: the URL and the token for Kestra, and what was saved for the assertions. */
export interface Backend extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Where Vapi reports, and the token that it shows there. */
  readonly webhook: { url: string; token: string };
  /** The reconciler, which asks a Vapi where nobody answers. */
  readonly reconciler: { url: string; token: string };
  /** Makes the rows that the flow is to fill: one service request and its providers. */
  prepare(serviceRequestId: string, providers: Provider[]): Promise<void>;
  provider(id: string): Promise<ProviderRow>;
  /** The statuses in the provider's log rows, oldest first. */
  statuses(providerId: string): Promise<string[]>;
  requestStatus(serviceRequestId: string): Promise<string>;
  /** How often the reconciler ran. */
  reconcileRuns(): Promise<number>;
}

/** Something that goes wrong with a save: an answer of the function, or a cut connection. */
export type SaveFault = { status: number; code: string; rejectedId?: string } | "cut";

/** A save as it reached the backend, or would have. */
export interface Save {
  providerId: string;
  status: string;
  idempotencyKey: string | null;
  body: string;
  fault?: SaveFault;
}

/** Stands between Kestra and a backend: passes everything on, except what is told to fail. */
export interface FaultyGateway extends AsyncDisposable {
  readonly url: string;
  readonly saves: Save[];
  /** The faults of one provider's next saves; `forever` repeats the last one. */
  fail(providerId: string, faults: SaveFault[], forever?: "forever"): void;
}

interface SaveBody {
  providerId: string;
  callResult: { status: string };
}

/** Starts a gateway in front of a backend. */
export function startFaultyGateway(backend: Backend): FaultyGateway {
  const saves: Save[] = [];
  const failing = new Map<string, { faults: SaveFault[]; forever: boolean }>();

  function nextFault(providerId: string): SaveFault | undefined {
    const plan = failing.get(providerId);
    if (!plan) return undefined;
    return plan.forever && plan.faults.length === 1 ? plan.faults[0] : plan.faults.shift();
  }

  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const text = await request.text();
    const { providerId, callResult }: SaveBody = JSON.parse(text);
    const fault = nextFault(providerId);
    saves.push({
      providerId,
      status: callResult.status,
      idempotencyKey: request.headers.get("idempotency-key"),
      body: text,
      fault,
    });
    if (fault === "cut") return cut();
    if (fault) return problem(fault);
    return await fetch(backend.url, { method: "POST", headers: request.headers, body: text });
  });

  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    saves,
    fail: (providerId, faults, forever) =>
      failing.set(providerId, { faults: [...faults], forever: forever !== undefined }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function problem({ status, ...rest }: Exclude<SaveFault, "cut">): Response {
  return Response.json({ title: rest.code, status, retryable: status >= 500, ...rest }, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}
