create function private.request_reconciliation() returns bigint
language plpgsql
set search_path = ''
as $$
declare
  url text;
  token text;
begin
  select
    max(s.decrypted_secret) filter (where s.name = 'reconcile_calls_url'),
    max(s.decrypted_secret) filter (where s.name = 'reconcile_token')
  into url, token
  from vault.decrypted_secrets s;

  if url is null or token is null then
    raise notice 'reconcile-calls is not called: the vault has no reconcile_calls_url or no reconcile_token';
    return null;
  end if;
  return net.http_post(
    url := url,
    headers := jsonb_build_object('Authorization', 'Bearer ' || token),
    timeout_milliseconds := 150000
  );
end;
$$;

comment on function private.request_reconciliation() is 'Calls reconcile-calls, without waiting for its answer, at the URL and with the token that are in the vault. Returns pg_net''s id of the request; null where the vault lacks one of them. Needs pg_net and the vault.';

revoke all on function private.request_reconciliation() from public, anon, authenticated;
