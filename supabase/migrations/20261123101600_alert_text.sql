create function private.alert_text(run private.reconcile_runs, new_rejected jsonb) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return nullif(concat_ws(
    e'\n',
    case when run.recovered > 0 then format('Results brought home from Vapi: %s.', run.recovered) end,
    case when run.discovered > 0 then format('Calls found at Vapi of which nothing had been saved: %s.', run.discovered) end,
    case when run.gave_up > 0 then format('Calls given up, as they were never dialled or never heard of again: %s.', run.gave_up) end,
    case when new_rejected <> '{}' then
      (
        select format('New in rejected_call_results: %s.', string_agg(format('%s %s', value, key), ', ' order by key))
        from jsonb_each_text(new_rejected)
      )
    end,
    case when run.announced_problems <> '{}' then format('Trouble: %s.', array_to_string(run.announced_problems, ', ')) end
  ), '');
end;
$$;

comment on function private.alert_text(private.reconcile_runs, jsonb) is 'What the operator is to be told of a run: counts alone, and nothing of the calls themselves. Null where there is nothing to say.';

revoke all on function private.alert_text(private.reconcile_runs, jsonb) from public, anon, authenticated;
grant execute on function private.alert_text(private.reconcile_runs, jsonb) to service_role;
