comment on type public.call_status is 'In the order of rank: queued and in_progress are open, timeout and error are provisional, the rest is final, and all of one rank.';

create or replace function private.merge_reports(base jsonb, over jsonb) returns jsonb
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
declare
  -- Every final status ranks as the first of them.
  base_rank constant public.call_status := least((base ->> 'call_status')::public.call_status, 'completed');
  over_rank constant public.call_status := least((over ->> 'call_status')::public.call_status, 'completed');
begin
  return case
    when over_rank > base_rank then private.report_identity(base) || over
    when over_rank < base_rank then base || private.report_identity(over)
    else base || over
  end;
end;
$$;
