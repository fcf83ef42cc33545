import type { Stack } from "./stack.ts";

/** Calls reconcile-calls every minute, as pg_cron does on a hosted project, and returns what stops it. */
export function scheduleReconciliation(
  { url }: Pick<Stack, "url">,
  token: string,
  milliseconds = 60_000,
): () => void {
  const call = async () => {
    const response = await fetch(`${url}/functions/v1/reconcile-calls`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    });
    await response.body?.cancel();
  };
  // The function logs its runs; where it cannot be reached, the stack is stopping.
  const timer = setInterval(() => call().catch(() => {}), milliseconds);
  return () => clearInterval(timer);
}
