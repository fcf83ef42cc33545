-- The enum's own order is that of the ranks.
drop function private.is_further(jsonb, jsonb);
drop function private.call_status_rank(public.call_status);
