create or replace function private.call_report(reports jsonb, only_status public.call_status default null) returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  source text;
  said jsonb;
  report jsonb;
begin
  -- The sources in the order of precedence.
  foreach source in array array['kestra', 'vapi_webhook', 'vapi_api'] loop
    said := reports -> source;
    if said is not null and (only_status is null or said ->> 'call_status' = only_status::text) then
      report := coalesce(private.merge_reports(report, said), said);
    end if;
  end loop;
  return report;
end;
$$;
