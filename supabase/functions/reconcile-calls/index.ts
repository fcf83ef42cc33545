import { answering, type LogFields } from "../_shared/answer.ts";
import { allowMethod, authorize } from "../_shared/lanes.ts";
import { requiredTokens } from "../_shared/settings.ts";
import { sendAlerts } from "./alerts.ts";
import { checkDueCalls } from "./check.ts";
import { discoverCalls } from "./discover.ts";
import { replayRejected } from "./replay.ts";
import { beginRun, finishRun } from "./run.ts";

/** `POST /functions/v1/reconcile-calls`: brings home what the other two ways lost. */
export default { fetch: answering("reconcile-calls", reconcileCalls) };

async function reconcileCalls(request: Request, log: LogFields): Promise<Response> {
  allowMethod(request, "POST");
  await authorize(request, requiredTokens("RECONCILE_TOKEN"));

  const run = beginRun();
  const parts = [checkDueCalls(run), discoverCalls(run), replayRejected(run)];
  const ends = await Promise.allSettled(parts);
  // What was done is recorded, whatever could not be.
  const summary = await finishRun(run);
  Object.assign(log, summary, { problems: [...run.problems].join(", ") || undefined });
  log.alerts = await sendAlerts();

  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  return Response.json(summary);
}
