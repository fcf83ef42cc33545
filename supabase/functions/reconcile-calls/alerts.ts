import { dataApi, dataOf } from "../_shared/data_api.ts";

const TIMEOUT_MS = 5_000;
const UNRECORDED_EVERY_MS = 3_600_000;
let unrecordedToldAt = -Infinity;

/**
 * Tells the operator, at `ALERT_WEBHOOK_URL`, what the runs of the last hour had to say and nobody
 * has told yet. Returns how that went, for the log; never throws.
 */
export async function sendAlerts(): Promise<string | undefined> {
  const url = Deno.env.get("ALERT_WEBHOOK_URL");
  if (!url) return undefined;
  try {
    const alerts = await dataOf(dataApi().rpc("claim_alerts"));
    if (alerts.length === 0) return undefined;
    const status = await post(url, alerts.map(({ alert }) => alert).join("\n"));
    if (status === undefined) return "sent, perhaps: there was no answer";
    if (status < 300) return "sent";
    const run_ids = alerts.map(({ run_id }) => run_id);
    await dataOf(dataApi().rpc("release_alerts", { run_ids }));
    return `refused: HTTP ${status}`;
  } catch {
    return "not sent: the database cannot be reached";
  }
}

/**
 * Tells the operator of a run that could not be recorded, which no later run can tell: as nobody
 * remembers it, once an hour for each instance of the function. Returns how that went; never throws.
 */
export async function tellUnrecorded(problems: Iterable<string>): Promise<string | undefined> {
  const url = Deno.env.get("ALERT_WEBHOOK_URL");
  if (!url || performance.now() - unrecordedToldAt < UNRECORDED_EVERY_MS) return undefined;
  const words = [...problems].join(", ");
  const status = await post(
    url,
    `A run of reconcile-calls failed and could not be recorded: ${words}.`,
  );
  if (status !== undefined && status >= 300) return `refused: HTTP ${status}`;
  unrecordedToldAt = performance.now();
  return status === undefined ? "sent, perhaps: there was no answer" : "sent";
}

/** The HTTP status; undefined without an answer, when the message may have arrived all the same. */
async function post(url: string, text: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
