import type { Sql } from "postgres";
import type { PlacedReport } from "./delivery.ts";
import { logOf, rowOf, statusOfRequest } from "./model.ts";

type Requests = { id: string; providers: string[] }[];

/** What stands in the database of some requests: all but ids, names and the times of writing. */
export async function endingIn(sql: Sql, requests: Requests): Promise<unknown> {
  return await Promise.all(requests.map(async ({ id, providers }) => {
    const [{ status, rows, logs }] = await sql`
      select
        r.status,
        (select jsonb_object_agg(p.id, jsonb_strip_nulls(to_jsonb(p)
          - '{id,request_id,name,phone,created_at,updated_at,call_result}'::text[])
          || jsonb_build_object('call_result', p.call_result))
          from providers p where p.request_id = r.id) as rows,
        (select jsonb_agg(jsonb_build_object(
          'provider_id', provider_id, 'call_id', call_id, 'call_status', call_status, 'idempotency_key',
          idempotency_key, 'detail', detail, 'transcript', transcript))
          from interaction_logs where request_id = r.id) as logs
      from service_requests r where r.id = ${id}`;
    return {
      status,
      providers: providers.map((provider) => {
        const row = rows[provider];
        const time = row.called_at && new Date(row.called_at).toISOString();
        return known({ call_status: null, ...row, called_at: time });
      }),
      logs: providers.map((provider) =>
        (logs ?? [] as Record<string, unknown>[])
          .filter((log: Record<string, unknown>) => log.provider_id === provider)
          .map(({ provider_id: _, idempotency_key: key, ...log }: Record<string, string>) =>
            known({ ...log, idempotency_key: key?.length === 64 ? "digest" : key })
          ).sort(inOrder)
      ),
    };
  }));
}

/** What must stand there, by the rules alone. */
export function endingOf(reports: PlacedReport[], requests: Requests): unknown {
  return requests.map(({ providers }) => {
    const of = (provider: string) => reports.filter(({ providerId }) => providerId === provider);
    const rows = providers.map((provider) => rowOf(of(provider)));
    return {
      status: statusOfRequest(rows),
      providers: rows.map((row) => ({ call_status: row.call_status, ...known(row) })),
      logs: providers.map((provider) => logOf(of(provider)).map(known).sort(inOrder)),
    };
  });
}

/** Without what is unknown. */
function known(row: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(row)
    .filter(([name, value]) => name === "call_status" || (value !== undefined && value !== null));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function inOrder(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
