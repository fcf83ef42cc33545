-- merge_reports compares ranks itself.
drop function private.is_further(jsonb, jsonb);
