import type { Sql } from "postgres";

/**
 * Puts tables of an application's own in the place of ours: two foreign keys join requests and
 * providers, and columns that ours have are missing. Nothing dates a provider or a log row, and a
 * request is dated by when its transaction began.
 */
export async function replaceByAdoptedTables(sql: Sql): Promise<void> {
  await sql.unsafe(`
    drop table public.interaction_logs, public.providers, public.service_requests cascade;

    create table public.service_requests (
      id uuid primary key default gen_random_uuid(),
      user_id uuid references auth.users (id),
      title text not null,
      criteria text not null default 'licensed',
      location text,
      status text not null default 'PENDING',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      final_outcome text
    );
    create table public.providers (
      id uuid primary key default gen_random_uuid(),
      request_id uuid not null references public.service_requests (id) on delete cascade,
      name text not null,
      phone text,
      rating numeric(2, 1),
      created_at timestamptz not null default now(),
      call_status text,
      call_result jsonb,
      call_transcript text,
      call_summary text,
      call_duration_minutes numeric(5, 2),
      call_cost numeric(10, 4),
      call_method text,
      call_id text,
      called_at timestamptz
    );
    alter table public.service_requests
    add column selected_provider_id uuid references public.providers (id) on delete set null;
    create table public.interaction_logs (
      id uuid primary key default gen_random_uuid(),
      request_id uuid not null references public.service_requests (id) on delete cascade,
      "timestamp" timestamptz not null default now(),
      step_name text not null,
      detail text not null,
      transcript jsonb,
      status text not null,
      call_id text unique,
      created_at timestamptz not null default now()
    );
    grant select on public.service_requests, public.providers, public.interaction_logs to authenticated;
    alter table public.service_requests enable row level security;
    create policy own on public.service_requests for select using (auth.uid() = user_id);
  `);
}
