create function private.call_report(reports jsonb, only_status public.call_status default null) returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  source public.call_source;
  report jsonb;
begin
  -- In the enum's order, which is the order of precedence.
  foreach source in array enum_range(null::public.call_source) loop
    if only_status is null or reports -> source::text ->> 'call_status' = only_status::text then
      report := private.merge_reports(report, reports -> source::text);
    end if;
  end loop;
  return report;
end;
$$;

comment on function private.call_report(jsonb, public.call_status) is 'What is known of a call from all its sources, or from those that report one status: see the column reports of private.calls.';

revoke all on function private.call_report(jsonb, public.call_status) from public, anon, authenticated;
grant execute on function private.call_report(jsonb, public.call_status) to service_role;
