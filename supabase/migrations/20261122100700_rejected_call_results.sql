create table public.rejected_call_results (
  id uuid primary key default gen_random_uuid(),
  received_at timestamptz not null default clock_timestamp(),
  source public.call_source not null,
  code text not null,
  issues jsonb not null default '[]',
  payload jsonb not null,
  idempotency_key text,
  attempts integer not null default 1,
  resolved_at timestamptz,
  resolution text,
  delivery_digest bytea not null,

  constraint attempts_count_from_one check (attempts >= 1),
  constraint issues_is_a_list check (jsonb_typeof(issues) = 'array'),
  constraint only_the_resolved_has_a_resolution check (resolution is null or resolved_at is not null),
  constraint the_same_delivery_is_the_same_row unique (delivery_digest)
);

comment on table public.rejected_call_results is 'Authenticated deliveries that could not be applied. Nothing is lost: mend the payload, or the row that it names, and it can be applied.';
comment on column public.rejected_call_results.id is 'rejectedId on the wire.';
comment on column public.rejected_call_results.received_at is 'When it first came.';
comment on column public.rejected_call_results.source is 'Which way it came.';
comment on column public.rejected_call_results.code is 'Why, in one word, as the sender was told: invalid_json, invalid_payload, unknown_provider, wrong_request, wrong_call.';
comment on column public.rejected_call_results.issues is 'What was wrong where: [{"path", "message"}].';
comment on column public.rejected_call_results.payload is 'The body as delivered; a body that cannot be kept as JSON is kept as a JSON string.';
comment on column public.rejected_call_results.idempotency_key is 'The Idempotency-Key header of the delivery.';
comment on column public.rejected_call_results.attempts is 'How often it was tried.';
comment on column public.rejected_call_results.resolved_at is 'When it was applied or dismissed; null while it is open.';
comment on column public.rejected_call_results.resolution is 'How it was resolved.';
comment on column public.rejected_call_results.delivery_digest is 'SHA-256 of the delivery as it first came, so that a repeated one finds its row even after the payload was mended.';

-- What is open, oldest first.
create index rejected_call_results_open_idx
on public.rejected_call_results (received_at) where resolved_at is null;

alter table public.rejected_call_results enable row level security;

revoke all on public.rejected_call_results from public, anon, authenticated;
grant select, insert, update, delete on public.rejected_call_results to service_role;
