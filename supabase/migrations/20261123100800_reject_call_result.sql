create or replace function public.reject_call_result(
  source public.call_source,
  code text,
  issues jsonb,
  payload jsonb,
  idempotency_key text default null
) returns uuid
language sql
set search_path = ''
as $$
  insert into public.rejected_call_results as r (
    source, code, issues, payload, idempotency_key, next_attempt_at, delivery_digest
  )
  values (
    source,
    code,
    issues,
    -- The Data API hands over JSON's null as SQL's.
    coalesce(payload, 'null'),
    idempotency_key,
    -- Of a message that may hold credentials only the digest is kept: there is nothing to try, until it is mended.
    case
      when source = 'vapi_webhook' and payload ?& array['bytes', 'sha256'] then 'infinity'
      else now() + private.backoff(1)
    end,
    sha256(convert_to(jsonb_build_array(source, payload)::text, 'UTF8'))
  )
  on conflict on constraint the_same_delivery_is_the_same_row do update
  set
    code = excluded.code,
    issues = excluded.issues,
    attempts = r.attempts + 1,
    next_attempt_at = case
      when isfinite(excluded.next_attempt_at) then now() + private.backoff(r.attempts + 1)
      else excluded.next_attempt_at
    end,
    resolved_at = null,
    resolution = null
  returning r.id;
$$;
