create function public.stop_checking(call_id text) returns void
language sql
set search_path = ''
as $$
  update private.calls c
  set next_check_at = null
  where c.call_id = stop_checking.call_id;
$$;

comment on function public.stop_checking(text) is 'Has Vapi not asked about a call any more, until something new is heard of it.';

revoke all on function public.stop_checking(text) from public, anon, authenticated;
grant execute on function public.stop_checking(text) to service_role;
