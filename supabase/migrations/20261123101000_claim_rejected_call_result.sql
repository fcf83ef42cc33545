create function public.claim_rejected_call_result()
returns table (id uuid, source public.call_source, payload jsonb, idempotency_key text)
language sql
set search_path = ''
as $$
  update public.rejected_call_results r
  set attempts = r.attempts + 1, next_attempt_at = now() + private.backoff(r.attempts + 1)
  where
    r.id = (
      select due.id
      from public.rejected_call_results due
      where due.resolved_at is null and due.next_attempt_at <= now()
      order by due.next_attempt_at
      limit 1
      for no key update skip locked
    )
  returning r.id, r.source, r.payload, r.idempotency_key;
$$;

comment on function public.claim_rejected_call_result() is 'Hands the rejected delivery that is longest due to one caller alone, counts the attempt, and puts the next one off. No row where nothing is due.';

revoke all on function public.claim_rejected_call_result() from public, anon, authenticated;
grant execute on function public.claim_rejected_call_result() to service_role;
