create function private.merge_reports(base jsonb, over jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  base_rank integer;
  over_rank integer;
begin
  if base is null or over is null then
    return coalesce(base, over);
  end if;

  base_rank := private.call_status_rank((base ->> 'call_status')::public.call_status);
  over_rank := private.call_status_rank((over ->> 'call_status')::public.call_status);
  return case
    when over_rank > base_rank then private.report_identity(base) || over
    when over_rank < base_rank then base || private.report_identity(over)
    else base || over
  end;
end;
$$;

comment on function private.merge_reports(jsonb, jsonb) is 'Two reports of one call in one: the one that came further stands; of two that came equally far, a value of the second stands over one of the first.';

revoke all on function private.merge_reports(jsonb, jsonb) from public, anon, authenticated;
grant execute on function private.merge_reports(jsonb, jsonb) to service_role;
