create type public.request_status as enum ('pending', 'calling', 'completed', 'failed');

create type public.call_status as enum (
  'queued', 'in_progress', 'timeout', 'error',
  'completed', 'no_answer', 'voicemail', 'busy', 'canceled', 'failed'
);

create type public.log_status as enum ('info', 'success', 'warning', 'error');

-- The order is the order of precedence: where two sources disagree, the later one stands.
create type public.call_source as enum ('kestra', 'vapi_webhook', 'vapi_api');

create type public.save_outcome as enum ('applied', 'enriched', 'duplicate', 'superseded');

comment on type public.request_status is 'Follows from the call statuses of the request''s providers.';
comment on type public.call_status is 'queued and in_progress are open, timeout and error are provisional, the rest is final.';
comment on type public.log_status is 'How an interaction log row is to be shown.';
comment on type public.call_source is 'Who reported an event. Vapi stands over Kestra, its API over its webhook.';
comment on type public.save_outcome is 'What saving one event did to the provider''s row.';
