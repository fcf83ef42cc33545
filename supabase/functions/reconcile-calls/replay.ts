import * as z from "zod/mini";
import { readCallResult, reportOfCallResult } from "../_shared/call_result.ts";
import { dataApi, dataOf } from "../_shared/data_api.ts";
import type { Json } from "../_shared/database.types.ts";
import { parseJson } from "../_shared/json.ts";
import { issuesIn, Problem } from "../_shared/problem.ts";
import { issuesOf, type RejectedDelivery } from "../_shared/rejected.ts";
import { normalize } from "../_shared/report.ts";
import { saveReport } from "../_shared/save.ts";
import type { VapiCall } from "../_shared/vapi_call.ts";
import { linkOf, metadataOf } from "../_shared/vapi_link.ts";
import { readMessage, saveMessage } from "../_shared/vapi_message.ts";
import { note, repeat, type Run, Share } from "./run.ts";
import { saveCall } from "./save_call.ts";
import { readCall, VapiFailure } from "./vapi.ts";

/** Of a call that was found at Vapi, `vapiCall` is what was last read there. */
type Rejected = RejectedDelivery & { id: string; vapiCall?: VapiCall };

/** Tries the rejected deliveries again that are due: somebody may have corrected them, or the row that they name. */
export async function replayRejected(run: Run): Promise<void> {
  await dataOf(dataApi().rpc("wake_rejected_call_results"));
  // A delivery of up to 4 MiB takes as much as a few checks of a call.
  await repeat(new Share({ steps: 25, seconds: 20 }), async () => {
    const [due] = await dataOf(dataApi().rpc("claim_rejected_call_result"));
    if (!due) return false;
    const { id, source, payload, idempotency_key, vapi_call } = due;
    const idempotencyKey = idempotency_key ?? undefined;
    await replay(run, { id, source, payload, idempotencyKey, vapiCall: readCall(vapi_call) });
    return true;
  });
}

async function replay(run: Run, rejected: Rejected): Promise<void> {
  try {
    const outcome = await apply(run, rejected);
    await resolve(rejected, `Tried again by reconcile-calls: ${outcome}.`);
    run.counts.replayed++;
  } catch (error) {
    if (error instanceof Problem && error.kind.kept) {
      await putOff(rejected, error);
    } else {
      note(run, error);
    }
  }
}

/** Sends a delivery the way that it came, and returns the outcome. */
async function apply(run: Run, rejected: Rejected): Promise<string> {
  const { source, payload, idempotencyKey } = rejected;
  const body = typeof payload === "string" ? parseJson(new TextEncoder().encode(payload)) : payload;
  switch (source) {
    case "kestra": {
      const report = reportOfCallResult(readCallResult(body).value, idempotencyKey);
      return (await saveReport(normalize(report), {})).outcome;
    }
    case "vapi_webhook": {
      const answer = await saveMessage(readMessage(body).value, {});
      if (!("reason" in answer)) return answer.outcome;
      throw new Problem("invalid_payload", `Nothing of this message is saved: ${answer.reason}.`);
    }
    case "vapi_api":
      return await applyFound(run, rejected, body);
  }
}

const foundSchema = z.object({
  callId: z.string(),
  providerId: z.guid(),
  serviceRequestId: z.nullish(z.guid()),
});

/** Of a call that was found at Vapi, the payload says whose it is, and Vapi, as long as it has it, the rest. */
async function applyFound(run: Run, rejected: Rejected, body: unknown): Promise<string> {
  const { success, data: found, error } = z.safeParse(foundSchema, body);
  if (!success) {
    throw new Problem("invalid_payload", "The payload does not say whose call it is.", {
      issues: issuesIn(error),
    });
  }
  const call = rejected.vapiCall = await askOrRemember(run, found.callId, rejected.vapiCall);
  // What stands here may have been corrected; what the call says of itself was refused.
  const corrected = {
    providerId: found.providerId,
    serviceRequestId: found.serviceRequestId ?? undefined,
    kestraExecutionId: metadataOf({ call })?.kestraExecutionId,
  };
  const link = await linkOf({ call: { ...call, metadata: corrected } });
  return (await saveCall(call, link!)).outcome;
}

async function askOrRemember(run: Run, callId: string, kept?: VapiCall): Promise<VapiCall> {
  try {
    return await run.vapi.get(callId);
  } catch (error) {
    if (!(error instanceof VapiFailure && error.isUnknownCall)) throw error;
    if (kept) return kept;
    throw new Problem("invalid_payload", "Vapi does not have this call.");
  }
}

async function resolve({ id }: Rejected, resolution: string): Promise<void> {
  const resolved_at = new Date().toISOString();
  const changes = { resolved_at, resolution };
  await dataOf(dataApi().from("rejected_call_results").update(changes).eq("id", id));
}

async function putOff({ id, vapiCall }: Rejected, refusal: Problem): Promise<void> {
  await dataOf(
    dataApi().rpc("put_off_rejected_call_result", {
      id,
      code: refusal.code,
      issues: issuesOf(refusal),
      vapi_call: vapiCall as unknown as Json,
    }),
  );
}
