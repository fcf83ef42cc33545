import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Stack } from "../../local/stack.ts";

/**
 * Waits for the Data API after an outage of Postgres: on a hosted project it needs up to half a
 * minute more. Reads a table, because the root answers without the database, too.
 */
export async function untilDataApiAnswers(
  { url, secretKey }: Pick<Stack, "url" | "secretKey">,
  patience = 60_000,
): Promise<void> {
  const deadline = Date.now() + patience;
  let last: string;
  do {
    try {
      const response = await fetch(`${url}/rest/v1/service_requests?select=id&limit=1`, {
        headers: { apikey: secretKey },
        signal: AbortSignal.timeout(10_000),
      });
      last = `${response.status} ${await response.text()}`;
      if (response.status < 500) return;
    } catch (error) {
      last = String(error);
    }
    await delay(100);
  } while (Date.now() < deadline);
  assert.fail(`The Data API did not come back in ${patience / 1000} s. Its last answer: ${last}`);
}
