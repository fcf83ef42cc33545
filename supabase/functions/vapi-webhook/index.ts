import { readBody } from "../_shared/body.ts";
import type { Json } from "../_shared/database.types.ts";
import { handler, type LogFields } from "../_shared/handler.ts";
import { parseJson } from "../_shared/json.ts";
import { withWarnings } from "../_shared/read.ts";
import { keepingRejected } from "../_shared/rejected.ts";
import { allowMethod, expectUncompressed } from "../_shared/request.ts";
import type { VapiMessage } from "../_shared/vapi_call.ts";
import { readMessage, saveMessage } from "../_shared/vapi_message.ts";
import { authenticate } from "./authenticate.ts";

/** Real bodies weigh up to 51 KB; long calls with many tool messages weigh more. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** `POST /functions/v1/vapi-webhook`: saves what Vapi's server messages report of our calls. */
export default { fetch: handler("vapi-webhook", vapiWebhook) };

async function vapiWebhook(request: Request, log: LogFields): Promise<Response> {
  allowMethod(request, "POST");
  const verify = await authenticate(request.headers);
  expectUncompressed(request);
  const body = await readBody(request, MAX_BODY_BYTES);
  await verify(body);

  let message: VapiMessage | undefined;
  const answer = await keepingRejected(
    async () => {
      const { value, warnings } = readMessage(parseJson(body));
      message = value;
      return withWarnings(await saveMessage(message, log), warnings, log);
    },
    async () => ({ source: "vapi_webhook", payload: await keepable(message, body) }),
  );
  return Response.json(answer);
}

/** The named fields of a message. Of a body that has none, only what identifies it: it may hold credentials. */
async function keepable(message: VapiMessage | undefined, body: Uint8Array): Promise<Json> {
  if (message) return { message } as unknown as Json;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body as BufferSource));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { bytes: body.length, sha256 };
}
