import { startTestStack, TOKEN } from "../support/stack.ts";
import type { Backend, Provider, ProviderRow } from "./backend.ts";

/** The local stack as a backend: the real functions, and assertions on the database's rows. */
export async function startDatabaseBackend(): Promise<Backend> {
  const webhookToken = "test-webhook-token";
  const reconcileToken = "test-reconcile-token";
  const { stack, sql, ...testStack } = await startTestStack({
    VAPI_WEBHOOK_TOKEN: webhookToken,
    RECONCILE_TOKEN: reconcileToken,
    VAPI_API_KEY: "none",
    VAPI_BASE_URL: "http://127.0.0.1:9",
  });
  return {
    url: `${stack.url}/functions/v1/save-call-result`,
    token: TOKEN,
    webhook: { url: `${stack.url}/functions/v1/vapi-webhook`, token: webhookToken },
    reconciler: { url: `${stack.url}/functions/v1/reconcile-calls`, token: reconcileToken },
    async prepare(serviceRequestId: string, providers: Provider[]) {
      await sql`insert into service_requests (id, title) values (${serviceRequestId}, 'A tap')`;
      for (const { id, name, phone } of providers) {
        await sql`
          insert into providers (id, request_id, name, phone)
          values (${id}, ${serviceRequestId}, ${name}, ${phone})`;
      }
    },
    async provider(id: string) {
      const [row] = await sql<ProviderRow[]>`select * from providers where id = ${id}`;
      return row;
    },
    async statuses(providerId: string) {
      const rows = await sql`
        select call_status from interaction_logs where provider_id = ${providerId}
        order by created_at`;
      return rows.map((row) => row.call_status);
    },
    async requestStatus(serviceRequestId: string) {
      const [row] = await sql`select status from service_requests where id = ${serviceRequestId}`;
      return row.status;
    },
    async reconcileRuns() {
      const [{ count }] = await sql`select count(*)::int from private.reconcile_runs`;
      return count;
    },
    [Symbol.asyncDispose]: () => testStack[Symbol.asyncDispose](),
  };
}
