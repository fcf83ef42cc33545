import { answering, type LogFields } from "../_shared/answer.ts";
import { callEvent } from "../_shared/call_event.ts";
import type { Json } from "../_shared/database.types.ts";
import { parseJson } from "../_shared/json.ts";
import { allowMethod, readBody } from "../_shared/lanes.ts";
import { keepingRejected } from "../_shared/rejected.ts";
import { saveCallEvent, type SavedCallResult } from "../_shared/save.ts";
import { readReport, type VapiMessage } from "../_shared/vapi_call.ts";
import { authenticate } from "./authenticate.ts";
import { type IgnoredReason, linkOf, metadataOf, readMessage, statusOf } from "./message.ts";

/** Real bodies weigh up to 51 KB; long calls with many tool messages weigh more. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** `POST /functions/v1/vapi-webhook`: saves what Vapi's server messages report of our calls. */
export default { fetch: answering("vapi-webhook", vapiWebhook) };

async function vapiWebhook(request: Request, log: LogFields): Promise<Response> {
  allowMethod(request, "POST");
  const body = await readBody(request, MAX_BODY_BYTES);
  await authenticate(request.headers, body);

  let message: VapiMessage | undefined;
  const answer = await keepingRejected(
    async () => {
      message = readMessage(parseJson(body));
      return await save(message, log);
    },
    async () => ({ source: "vapi_webhook", payload: await keepable(message, body) }),
  );
  return Response.json(answer);
}

async function save(
  message: VapiMessage,
  log: LogFields,
): Promise<SavedCallResult | { outcome: "ignored"; reason: IgnoredReason }> {
  log.messageType = message.type;
  const reported = statusOf(message);
  if ("ignored" in reported) return ignore(reported.ignored, log);
  const link = await linkOf(message);
  if (!link) return ignore("not_ours", log);

  const { call, artifact } = message;
  const event = callEvent({
    ...readReport([message, artifact, call, call?.artifact]),
    ...link,
    source: "vapi_webhook",
    status: reported.status,
    createdAt: call?.createdAt,
    callMethod: metadataOf(message)?.kestraExecutionId ? "kestra" : undefined,
  });
  return await saveCallEvent(event, log);
}

function ignore(reason: IgnoredReason, log: LogFields) {
  log.outcome = "ignored";
  log.reason = reason;
  return { outcome: "ignored" as const, reason };
}

/** The named fields of a message. Of a body that has none, only what identifies it: it may hold credentials. */
async function keepable(message: VapiMessage | undefined, body: Uint8Array): Promise<Json> {
  if (message) return { message } as unknown as Json;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body as BufferSource));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { bytes: body.length, sha256 };
}
