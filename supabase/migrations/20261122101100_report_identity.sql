create function private.report_identity(report jsonb) returns jsonb
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'called_at', report -> 'called_at',
    'started_at', report -> 'started_at',
    'call_method', report -> 'call_method'
  ));
end;
$$;

comment on function private.report_identity(jsonb) is 'What of a report is true of the call whatever its status, so that it outlives a rise in rank.';

revoke all on function private.report_identity(jsonb) from public, anon, authenticated;
grant execute on function private.report_identity(jsonb) to service_role;
