create function public.claim_due_call()
returns table (
  call_id text,
  call_status public.call_status,
  provider_id uuid,
  service_request_id uuid,
  first_seen_at timestamptz,
  is_dialled boolean
)
language plpgsql
set search_path = ''
as $$
declare
  call private.calls;
begin
  select c.* into call
  from private.calls c
  where c.next_check_at <= now()
  order by c.next_check_at
  limit 1
  for no key update skip locked;
  if not found then
    return;
  end if;

  select
    call.call_id,
    private.call_report(call.reports) ->> 'call_status',
    p.id,
    p.request_id,
    call.first_seen_at,
    p.call_id is not null
  into
    claim_due_call.call_id,
    claim_due_call.call_status,
    claim_due_call.provider_id,
    claim_due_call.service_request_id,
    claim_due_call.first_seen_at,
    claim_due_call.is_dialled
  from public.providers p
  where p.id = call.provider_id;

  update private.calls c
  set
    checks = call.checks + 1,
    next_check_at = case
      when call.call_id is not null or not claim_due_call.is_dialled then now() + private.backoff(call.checks + 1)
    end
  where c.provider_id = call.provider_id and c.call_id is not distinct from call.call_id;
  return next;
end;
$$;

comment on function public.claim_due_call() is 'Hands the call that is longest due for a check to one caller alone, and puts its next check off. Without a call_id it is a provider who was queued and, unless is_dialled, never dialled. No row where nothing is due.';

revoke all on function public.claim_due_call() from public, anon, authenticated;
grant execute on function public.claim_due_call() to service_role;
