import postgres from "postgres";

/** A provider, and the request it was found for. */
export type Place = [providerId: string, serviceRequestId: string];

/** Fills a database: ten providers to a request, and so many ended calls with a log row each. */
export async function fill(dbUrl: string, providers: number, calls: number): Promise<Place[]> {
  const sql = postgres(dbUrl, { max: 1, onnotice: () => {} });
  try {
    // Nothing refers to what is not there: without the triggers it takes seconds.
    await sql.unsafe(`
      set session_replication_role = replica;
      set synchronous_commit = off;
      insert into service_requests (title) select 'A tap' from generate_series(1, ${
      providers / 10
    });
      insert into providers (request_id, name) select id, 'P' from service_requests, generate_series(1, 10);
      insert into interaction_logs (request_id, provider_id, step_name, status, detail, call_id, call_status, source)
      select request_id, id, 'Call to P', 'success', 'Free on Friday.', gen_random_uuid(), 'completed', 'kestra'
      from providers, generate_series(1, ${Math.ceil(calls / providers)}) limit ${calls};
      insert into private.calls (provider_id, request_id, call_id, called_at, reports)
      select provider_id, request_id, call_id, now() - interval '1 day', '{"kestra": {"call_status": "completed"}}'
      from interaction_logs;
    `);
    await sql`vacuum analyze`;
    const rows = await sql`select id, request_id from providers order by random() limit 20000`;
    return rows.map(({ id, request_id }) => [id, request_id]);
  } finally {
    await sql.end();
  }
}
