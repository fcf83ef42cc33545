create function public.unknown_calls(call_ids text[]) returns setof text
language sql stable
set search_path = ''
as $$
  select asked.call_id
  from unnest(call_ids) as asked (call_id)
  where
    not exists (
      select from private.calls c
      where c.call_id = asked.call_id and c.reports -> 'vapi_api' ->> 'call_status' is distinct from 'error'
    )
    and not exists (
      select from public.rejected_call_results r
      where r.source = 'vapi_api' and r.payload ->> 'callId' = asked.call_id
    );
$$;

comment on function public.unknown_calls(text[]) is 'Those of the calls of which nothing was ever saved or kept, or that were given up.';

revoke all on function public.unknown_calls(text[]) from public, anon, authenticated;
grant execute on function public.unknown_calls(text[]) to service_role;
