import { dataApi, dataOf } from "./data_api.ts";
import { Problem } from "./problem.ts";
import type { VapiMessage } from "./vapi_call.ts";

/** Whose call it is. */
export interface Link {
  callId: string;
  providerId: string;
  serviceRequestId: string;
}

/** Where Vapi says whose call it is: a message, or a call alone. */
type Source = Pick<VapiMessage, "call" | "assistant" | "customer">;

/**
 * Ties a call to our rows: by its id where that is known, else by the metadata that it was placed
 * with. Undefined for a call that is not ours.
 *
 * @throws {Problem} `unknown_provider` or `invalid_payload` for a call that says that it is ours.
 */
export async function linkOf(source: Source): Promise<Link | undefined> {
  const callId = source.call?.id;
  const { providerId, serviceRequestId } = metadataOf(source) ?? {};
  if (!callId) {
    if (!providerId) return undefined;
    throw new Problem("invalid_payload", "message.call.id is missing.", {
      issues: [{ path: "message.call.id", message: "Invalid input: expected the call's id" }],
    });
  }

  const found = await findCall(callId, providerId ?? externalIdOf(source));
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

/** The metadata of whoever placed the call, where it names a provider: the call's, its assistant's, its squad's. */
export function metadataOf({ call, assistant }: Omit<Source, "customer">) {
  return [
    call,
    call?.assistantOverrides,
    assistant,
    call?.assistant,
    call?.squadOverrides,
    call?.squad?.membersOverrides,
    ...(call?.squad?.members ?? []).flatMap((member) => [
      member?.assistantOverrides,
      member?.assistant,
    ]),
  ].map((one) => one?.metadata).find((metadata) => metadata?.providerId);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What may be a provider's id, too, where there is no metadata. */
export function externalIdOf({ call, customer }: Omit<Source, "assistant">): string | undefined {
  const id = call?.customer?.externalId ?? customer?.externalId;
  return typeof id === "string" && uuid.test(id) ? id : undefined;
}

async function findCall(callId: string, providerId: string | undefined) {
  const found = await dataOf(
    dataApi().rpc("find_call", { call_id: callId, provider_id: providerId }),
  );
  return found.at(0);
}
