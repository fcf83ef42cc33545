/** The ways of saving a result that are measured against each other. */
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import type { CallResultBody } from "../supabase/functions/_shared/call_result.ts";
import { reportOf } from "./calls.ts";

/** Where the results go. */
export interface Target {
  dbUrl: string;
  url: string;
  functionsUrl: string;
  secretKey: string;
  token: string;
  /** Milliseconds that a request takes to come here from outside, and its answer back. */
  distance: number;
}

type Save = (body: CallResultBody) => Promise<unknown>;

export type Way = keyof typeof ways;

/** Each opens its connections, at most so many, and returns what saves one body. */
export const ways = {
  /** The RPC, straight in Postgres. */
  rpc({ dbUrl }: Target, connections: number): Save {
    const sql = postgres(dbUrl, { max: connections });
    return (body) => {
      const report = Object.entries(reportOf(body)).filter(([, value]) => value !== undefined);
      const args = report.map(([name], i) => `${name} => $${i + 1}`);
      return sql.unsafe(
        `select save_call_result(${args})`,
        report.map(([, value]) => value as string),
        { prepare: true },
      );
    };
  },

  /** What any save takes at least: the provider's row and a log row, in one transaction. */
  statements({ dbUrl }: Target, connections: number): Save {
    const sql = postgres(dbUrl, { max: connections });
    return (body) => {
      const { provider, log } = rowsOf(body);
      return sql.begin((sql) => [
        sql`update providers set ${sql(provider)} where id = ${body.providerId}`,
        sql`insert into interaction_logs ${sql(log)}`,
      ]);
    };
  },

  /** The RPC by HTTP, without a function in front of it. */
  dataApi({ url, secretKey, distance }: Target): Save {
    const post = posting(`${url}/rest/v1/rpc/save_call_result`, { apikey: secretKey }, distance);
    return (body) => post(reportOf(body));
  },

  /** The edge function. */
  edgeFunction({ functionsUrl, token, distance }: Target): Save {
    const headers = { Authorization: `Bearer ${token}` };
    return posting(`${functionsUrl}/save-call-result`, headers, distance);
  },

  /** The original's: a server that updates, then inserts. A crash in between loses the log row. */
  original({ url, secretKey, distance }: Target): Save {
    const client = createClient(url, secretKey, {
      auth: { persistSession: false },
      global: { fetch: fetchFrom(distance) },
    });
    return async (body) => {
      const { provider, log } = rowsOf(body);
      await client.from("providers").update(provider).eq("id", body.providerId).throwOnError();
      await client.from("interaction_logs").insert(log).throwOnError();
    };
  },
};

function posting(url: string, headers: Record<string, string>, distance: number) {
  const fetch = fetchFrom(distance);
  return async (body: unknown) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  };
}

function fetchFrom(distance: number): typeof fetch {
  return async (input, init) => {
    if (distance > 0) await delay(distance);
    return await fetch(input, init);
  };
}

function rowsOf(body: CallResultBody) {
  const report = reportOf(body);
  const call = { call_id: report.call_id ?? null, call_status: report.call_status };
  return {
    provider: {
      ...call,
      call_method: "kestra",
      called_at: report.created_at ?? null,
      call_duration_minutes: report.duration_minutes ?? null,
      call_cost: report.cost ?? null,
      call_ended_reason: report.ended_reason ?? null,
      call_summary: report.summary ?? null,
      call_success_evaluation: report.success_evaluation ?? null,
      call_result: report.structured_data ?? null,
      call_transcript: report.transcript ?? null,
      call_recording_url: report.recording_url ?? null,
    },
    log: {
      ...call,
      request_id: body.serviceRequestId,
      provider_id: body.providerId,
      step_name: "Call to a provider",
      status: report.call_status === "completed" ? "success" : "info",
      detail: report.summary ?? "The call goes on.",
      transcript: (report.turns ?? null) as null,
      source: "kestra",
    },
  };
}
