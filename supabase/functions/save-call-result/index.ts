import { answering, type LogFields } from "../_shared/answer.ts";
import { eventOfCallResult } from "../_shared/call_event.ts";
import { checkCallResult } from "../_shared/call_result.ts";
import { keepableJson, parseJson } from "../_shared/json.ts";
import { allowMethod, authorize, expectJson, readBody } from "../_shared/lanes.ts";
import { Problem } from "../_shared/problem.ts";
import { keepRejected, saveCallEvent, type SavedCallResult } from "../_shared/save.ts";
import { requiredSetting } from "../_shared/settings.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** `POST /functions/v1/save-call-result`: saves what Kestra reports of one call. */
export default { fetch: answering("save-call-result", saveCallResult) };

async function saveCallResult(request: Request, log: LogFields): Promise<Response> {
  allowMethod(request, "POST");
  await authorize(request, requiredSetting("CALL_RESULTS_TOKEN"));
  expectJson(request);
  const body = await readBody(request, MAX_BODY_BYTES);
  const idempotencyKey = request.headers.get("Idempotency-Key")?.trim() || undefined;

  try {
    return Response.json(await save(body, idempotencyKey, log));
  } catch (problem) {
    if (problem instanceof Problem && problem.kind.kept) {
      await keepRejected(problem, {
        source: "kestra",
        payload: keepableJson(body),
        idempotencyKey,
      });
    }
    throw problem;
  }
}

async function save(
  body: Uint8Array,
  idempotencyKey: string | undefined,
  log: LogFields,
): Promise<SavedCallResult> {
  const event = eventOfCallResult(checkCallResult(parseJson(body)), idempotencyKey);
  log.providerId = event.provider_id;
  log.serviceRequestId = event.service_request_id;
  log.callId = event.call_id;
  log.event = event.call_status;

  const saved = await saveCallEvent(event);
  log.outcome = saved.outcome;
  log.callStatus = saved.callStatus;
  log.requestStatus = saved.requestStatus;
  return saved;
}
