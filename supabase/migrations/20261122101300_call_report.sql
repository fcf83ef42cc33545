create function private.call_report(reports jsonb) returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  source public.call_source;
  report jsonb;
begin
  -- In the enum's order, which is the order of precedence.
  foreach source in array enum_range(null::public.call_source) loop
    report := private.merge_reports(report, reports -> source::text);
  end loop;
  return report;
end;
$$;

comment on function private.call_report(jsonb) is 'What is known of a call from all its sources: see the column reports of private.calls.';

revoke all on function private.call_report(jsonb) from public, anon, authenticated;
grant execute on function private.call_report(jsonb) to service_role;
