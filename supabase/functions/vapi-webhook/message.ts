import * as z from "zod/mini";
import type { CallReport } from "../_shared/call_event.ts";
import { dataApi, problemOf } from "../_shared/data_api.ts";
import type { Json } from "../_shared/database.types.ts";
import { statusOfEndedReason } from "../_shared/ended_reason.ts";
import { Problem } from "../_shared/problem.ts";
import { readReport, type VapiMessage, vapiMessageSchema } from "../_shared/vapi_call.ts";

/** Why a message is answered without being saved. */
export type IgnoredReason =
  | "message_type"
  | "call_status"
  | "report_follows"
  | "not_ours";

/** Reads the named fields of a webhook's body. @throws {Problem} `invalid_payload` */
export function readMessage(body: Json): VapiMessage {
  const result = z.safeParse(z.object({ message: vapiMessageSchema }), body);
  if (result.success) return result.data.message;
  throw new Problem("invalid_payload", "The body is no server message of Vapi's.", {
    issues: result.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
  });
}

/** The status that a message reports, or why it reports none. */
export function statusOf(
  message: VapiMessage,
): { status: CallReport["status"] } | { ignored: IgnoredReason } {
  if (message.type === "end-of-call-report") return { status: "ended" };
  if (message.type !== "status-update") return { ignored: "message_type" };
  switch (message.status) {
    case "scheduled":
    case "queued":
    case "ringing":
      return { status: "queued" };
    case "in-progress":
    case "forwarding":
      return { status: "in_progress" };
    case "ended": {
      const { endedReason } = readReport([message, message.call]);
      return endedReason && decidesAlone(endedReason)
        ? { status: "ended" }
        : { ignored: "report_follows" };
    }
    default:
      return { ignored: "call_status" };
  }
}

/** Whether a reason means the same status whether or not the user spoke. */
function decidesAlone(reason: string): boolean {
  return statusOfEndedReason(reason, true) === statusOfEndedReason(reason, false);
}

/** Whose call a message is about. */
export interface Link {
  callId: string;
  providerId: string;
  serviceRequestId: string;
}

/**
 * Ties a message to our rows: by its call's id where that is known, else by the metadata that the
 * call was placed with. Undefined for a call that is not ours.
 *
 * @throws {Problem} `unknown_provider` or `invalid_payload` for a call that says that it is ours.
 */
export async function linkOf(message: VapiMessage): Promise<Link | undefined> {
  const callId = message.call?.id;
  const { providerId, serviceRequestId } = metadataOf(message) ?? {};
  if (!callId) {
    if (!providerId) return undefined;
    throw new Problem("invalid_payload", "message.call.id is missing.", {
      issues: [{ path: "message.call.id", message: "Invalid input: expected the call's id" }],
    });
  }

  const externalId = message.call?.customer?.externalId ?? message.customer?.externalId;
  const found = await findCall(callId, providerId ?? externalId);
  if (found) {
    return {
      callId,
      providerId: found.found_provider_id,
      serviceRequestId: found.is_known_call
        ? found.found_service_request_id
        : serviceRequestId ?? found.found_service_request_id,
    };
  }
  if (!providerId) return undefined;
  throw new Problem("unknown_provider", `There is no provider ${providerId}.`);
}

/** The metadata of whoever placed the call, where it names a provider. */
export function metadataOf({ call, assistant }: VapiMessage) {
  return [
    call?.metadata,
    call?.assistantOverrides?.metadata,
    assistant?.metadata,
    call?.assistant?.metadata,
  ].find((metadata) => metadata?.providerId);
}

async function findCall(callId: string, providerId: string | undefined) {
  const { data, error, status } = await dataApi().rpc("find_call", {
    call_id: callId,
    provider_id: providerId,
  });
  if (error) throw problemOf(error, status);
  return data.at(0);
}
