import { readBody } from "../_shared/body.ts";
import { readCallResult, reportOfCallResult } from "../_shared/call_result.ts";
import { handler, type LogFields } from "../_shared/handler.ts";
import { keepableJson, parseJson } from "../_shared/json.ts";
import { keepingRejected } from "../_shared/rejected.ts";
import { withWarnings } from "../_shared/read.ts";
import { normalize } from "../_shared/report.ts";
import { allowMethod, authorize, expectJson } from "../_shared/request.ts";
import { saveReport } from "../_shared/save.ts";
import { requiredTokens } from "../_shared/settings.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** `POST /functions/v1/save-call-result`: saves what Kestra reports of one call. */
export default { fetch: handler("save-call-result", saveCallResult) };

async function saveCallResult(request: Request, log: LogFields): Promise<Response> {
  allowMethod(request, "POST");
  await authorize(request, requiredTokens("CALL_RESULTS_TOKEN"));
  expectJson(request);
  const body = await readBody(request, MAX_BODY_BYTES);
  const idempotencyKey = request.headers.get("Idempotency-Key")?.trim() || undefined;

  const answer = await keepingRejected(
    async () => {
      const { value, warnings } = readCallResult(parseJson(body));
      const report = normalize(reportOfCallResult(value, idempotencyKey));
      return withWarnings(await saveReport(report, log), warnings, log);
    },
    () => ({ source: "kestra", payload: keepableJson(body), idempotencyKey }),
  );
  return Response.json(answer);
}
