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
 * @throws {Problem} `unknown_provider`, `wrong_call` or `invalid_payload` for a call that says that
 * it is ours.
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
    const link = {
      callId,
      providerId: found.found_provider_id,
      serviceRequestId: found.is_known_call
        ? found.found_service_request_id
        : serviceRequestId ?? found.found_service_request_id,
    };
    return await agreedLink(source, link);
  }
  if (!providerId) return undefined;
  throw new Problem("unknown_provider", `There is no provider ${providerId}.`);
}

/**
 * The link, where Vapi itself names nobody else: what was first reported of a call may have been
 * reported for the wrong provider, whose customer must not read what was said.
 *
 * @throws {Problem} `wrong_call`
 */
export async function agreedLink(source: Source, link: Link): Promise<Link> {
  const { providerId } = await statedLink(source, link);
  if (providerId === link.providerId) return link;
  throw new Problem(
    "wrong_call",
    `Call ${link.callId} was placed for provider ${providerId}, and reported for ${link.providerId}. One of them is wrong.`,
  );
}

/** The link as Vapi itself states it, where it does; a request that it does not name is the provider's. */
export async function statedLink(source: Source, link: Link) {
  const providerId = await namedProvider(source, link);
  if (!providerId || providerId === link.providerId) return { ...link };
  return { callId: link.callId, providerId, serviceRequestId: null };
}

/** Whom Vapi names: in the metadata, or by an external id, which is a word only if there is such a provider. */
async function namedProvider(source: Source, { providerId }: Link): Promise<string | undefined> {
  const named = metadataOf(source)?.providerId;
  const externalId = externalIdOf(source);
  if (named || !externalId || externalId === providerId) return named;
  return (await findCall("", externalId))?.found_provider_id;
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
  return typeof id === "string" && uuid.test(id) ? id.toLowerCase() : undefined;
}

async function findCall(callId: string, providerId: string | undefined) {
  const found = await dataOf(
    dataApi().rpc("find_call", { call_id: callId, provider_id: providerId }),
  );
  return found.at(0);
}
