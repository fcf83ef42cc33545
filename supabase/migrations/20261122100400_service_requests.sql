create table public.service_requests (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id) on delete set null,
  title text,
  service_needed text,
  criteria text,
  location text,
  status public.request_status not null default 'pending',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.service_requests is 'What a customer asked the concierge for.';
comment on column public.service_requests.user_id is 'The customer, who alone sees the request; null: nobody but the backend does.';
comment on column public.service_requests.criteria is 'What a provider must fulfil, in the customer''s words.';
comment on column public.service_requests.status is 'pending until a provider is called; calling while a call is open; then completed if a conversation took place, else failed.';
comment on column public.service_requests.updated_at is 'Moves only when something changed.';

create index service_requests_user_id_idx on public.service_requests (user_id);

create trigger touch_updated_at before update on public.service_requests
for each row when (old.* is distinct from new.*)
execute function private.touch_updated_at();

alter table public.service_requests enable row level security;

create policy "Customers see their own requests" on public.service_requests
for select to authenticated
using (user_id = (select auth.uid()));

revoke all on public.service_requests from public, anon, authenticated;
grant select on public.service_requests to authenticated;
grant select, insert, update, delete on public.service_requests to service_role;
