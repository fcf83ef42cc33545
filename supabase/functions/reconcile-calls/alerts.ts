import { dataApi, dataOf } from "../_shared/data_api.ts";

const TIMEOUT_MS = 5_000;

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
    const failure = await post(url, alerts.map(({ alert }) => alert).join("\n"));
    if (!failure) return "sent";
    // What may have arrived is not sent twice.
    if (failure !== "no answer") {
      const run_ids = alerts.map(({ run_id }) => run_id);
      await dataOf(dataApi().rpc("release_alerts", { run_ids }));
    }
    return `not sent: ${failure}`;
  } catch {
    return "not sent: the database cannot be reached";
  }
}

/** Undefined if it arrived. The reason of a failure never holds the URL, which is a secret. */
async function post(url: string, text: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    return error instanceof DOMException && error.name === "TimeoutError"
      ? "no answer"
      : "no connection";
  }
}
