create function public.reject_call_result(
  source public.call_source,
  code text,
  issues jsonb,
  payload jsonb,
  idempotency_key text default null
) returns uuid
language sql
set search_path = ''
as $$
  insert into public.rejected_call_results as r (source, code, issues, payload, idempotency_key, delivery_digest)
  values (
    source,
    code,
    issues,
    -- The Data API hands over JSON's null as SQL's.
    coalesce(payload, 'null'),
    idempotency_key,
    sha256(convert_to(jsonb_build_array(source, payload)::text, 'UTF8'))
  )
  on conflict on constraint the_same_delivery_is_the_same_row do update
  set
    code = excluded.code,
    issues = excluded.issues,
    attempts = r.attempts + 1,
    resolved_at = null,
    resolution = null
  returning r.id;
$$;

comment on function public.reject_call_result(public.call_source, text, jsonb, jsonb, text) is 'Keeps a delivery that could not be applied, and returns its id. The same delivery again is the same row, tried once more and open again.';

revoke all on function public.reject_call_result(public.call_source, text, jsonb, jsonb, text) from public, anon, authenticated;
grant execute on function public.reject_call_result(public.call_source, text, jsonb, jsonb, text) to service_role;
