create function private.backoff(tries integer) returns interval
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return interval '1 minute' * least(2 ^ least(tries, 6), 60);
end;
$$;

comment on function private.backoff(integer) is 'How long to wait after so many tries: 2, 4, 8, ... minutes, at most an hour. Longer than one run takes, so it is also the lease of whoever tries.';

revoke all on function private.backoff(integer) from public, anon, authenticated;
grant execute on function private.backoff(integer) to service_role;
