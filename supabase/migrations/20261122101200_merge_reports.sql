create function private.merge_reports(base jsonb, over jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return case
    when base is null or over is null then coalesce(base, over)
    when private.is_further(over, base) then private.report_identity(base) || over
    when private.is_further(base, over) then base || private.report_identity(over)
    else base || over
  end;
end;
$$;

comment on function private.merge_reports(jsonb, jsonb) is 'Two reports of one call in one: the one that came further stands; of two that came equally far, a value of the second stands over one of the first.';

revoke all on function private.merge_reports(jsonb, jsonb) from public, anon, authenticated;
grant execute on function private.merge_reports(jsonb, jsonb) to service_role;
