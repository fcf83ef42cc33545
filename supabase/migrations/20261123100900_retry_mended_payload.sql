create function private.retry_mended_payload() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.next_attempt_at := now();
  return new;
end;
$$;

comment on function private.retry_mended_payload() is 'Trigger: a rejected delivery whose payload was changed is due at once.';

revoke all on function private.retry_mended_payload() from public, anon, authenticated;

create trigger retry_mended_payload before update of payload on public.rejected_call_results
for each row when (old.payload is distinct from new.payload)
execute function private.retry_mended_payload();
