create type public.saved_call_result as (
  outcome public.save_outcome,
  provider_id uuid,
  service_request_id uuid,
  call_id text,
  call_status public.call_status,
  request_status public.request_status
);

comment on type public.saved_call_result is 'What save_call_result answers: the outcome, the event''s ids, and the two statuses as they now are.';
