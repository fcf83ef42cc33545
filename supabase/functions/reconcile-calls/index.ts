import { handler, type LogFields } from "../_shared/handler.ts";
import { allowMethod, authorize } from "../_shared/request.ts";
import { requiredTokens } from "../_shared/settings.ts";
import { sendAlerts, tellUnrecorded } from "./alerts.ts";
import { checkDueCalls } from "./check.ts";
import { discoverCalls } from "./discover.ts";
import { replayRejected } from "./replay.ts";
import { beginRun, finishRun, note, runParts } from "./run.ts";

/** `POST /functions/v1/reconcile-calls`: recovers what the other two ways lost. */
export default { fetch: handler("reconcile-calls", reconcileCalls) };

async function reconcileCalls(request: Request, log: LogFields): Promise<Response> {
  allowMethod(request, "POST");
  await authorize(request, requiredTokens("RECONCILE_TOKEN"));

  const run = beginRun();
  const failures = [
    ...await runParts(run, [checkDueCalls]),
    ...await runParts(run, [discoverCalls, replayRejected]),
  ];
  // What was done is recorded, whatever could not be.
  const summary = await finishRun(run).catch((error) => {
    failures.push(error);
    note(run, error);
  });
  Object.assign(log, run.counts, summary);
  log.warnings = [...run.unread].join(", ") || undefined;
  log.problems = [...run.problems].join(", ") || undefined;
  log.alerts = summary ? await sendAlerts() : await tellUnrecorded(run.problems);

  if (failures.length > 0) throw failures[0];
  return Response.json(summary);
}
