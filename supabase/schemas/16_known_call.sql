create function private.remember_shown_call(target private.locked_provider) returns private.calls
language plpgsql
set search_path = ''
as $$
declare
  call private.calls;
  shown constant jsonb := private.shown_report(target.provider_id);
begin
  call.provider_id := target.provider_id;
  call.request_id := target.request_id;
  call.call_id := target.call_id;
  call.first_seen_at := clock_timestamp();
  call.reports := '{}';
  call.logged := '{}';
  -- Whoever wrote it, a source of ours that says otherwise stands over it; words of the assistant's alone do not.
  call := private.add_report(call, 'kestra', shown - 'call_transcript', shown ->> 'call_transcript', true);
  insert into private.calls
  select call.*
  on conflict on constraint a_call_belongs_to_one_provider do nothing;
  return case when found then call end;
end;
$$;

comment on function private.remember_shown_call(private.locked_provider) is 'Takes the call that the provider''s row shows, and that is not known, into memory: somebody else wrote it there, so that nothing of it is lost when the row is written. Returns it; null where it is another provider''s. The caller holds the provider''s lock.';

revoke all on function private.remember_shown_call(private.locked_provider) from public, anon, authenticated;
grant execute on function private.remember_shown_call(private.locked_provider) to service_role;

create function private.known_call(target private.locked_provider, call_id text) returns private.calls
language plpgsql
set search_path = ''
as $$
declare
  call private.calls;
  is_known boolean;
  is_shown_known boolean;
  is_elsewhere boolean;
begin
  select c.* into call
  from private.calls c
  where c.provider_id = target.provider_id and c.call_id is not distinct from known_call.call_id;
  is_known := found;

  -- Unless it is the call that the row shows, and known.
  if not is_known or target.call_id is distinct from known_call.call_id then
    if not is_known and known_call.call_id is not null then
      -- Two providers that claim one call at the same moment: the second waits here, and is refused.
      perform pg_advisory_xact_lock(hashtextextended(known_call.call_id, 0));
    end if;
    select
      bool_or(c.provider_id = target.provider_id and c.call_id is not distinct from target.call_id),
      bool_or(c.provider_id <> target.provider_id)
    into is_shown_known, is_elsewhere
    from private.calls c
    where c.provider_id = target.provider_id or c.call_id = known_call.call_id;

    if is_elsewhere then
      raise exception 'the call belongs to another provider' using errcode = 'PT409', detail = 'wrong_call';
    end if;
    -- What the row shows and nobody reported.
    if target.call_status is not null and is_shown_known is not true then
      if target.call_id is not distinct from known_call.call_id then
        call := private.remember_shown_call(target);
        is_known := call.provider_id is not null;
      else
        perform private.remember_shown_call(target);
      end if;
    end if;
  end if;

  if not is_known then
    call.provider_id := target.provider_id;
    call.call_id := call_id;
    call.first_seen_at := clock_timestamp();
    call.reports := '{}';
    call.logged := '{}';
    call.checks := 0;
  end if;
  call.request_id := target.request_id;
  return call;
end;
$$;

comment on function private.known_call(private.locked_provider, text) is 'What is known of a call of a provider; a call without reports where nothing is. The call that the provider''s row shows is known from then on, whoever wrote it. Refuses a call of another provider. The caller holds the provider''s lock.';

revoke all on function private.known_call(private.locked_provider, text) from public, anon, authenticated;
grant execute on function private.known_call(private.locked_provider, text) to service_role;

create function private.newest_call(provider_id uuid) returns private.calls
language plpgsql stable
set search_path = ''
as $$
declare
  call private.calls;
begin
  -- What was reported before there was a call is older than any call.
  select c.* into call
  from private.calls c
  where c.provider_id = newest_call.provider_id
  order by (c.call_id is not null) desc, coalesce(c.called_at, c.first_seen_at) desc, c.call_id desc
  limit 1;
  return call;
end;
$$;

comment on function private.newest_call(uuid) is 'The call of a provider''s that its row is to show.';

revoke all on function private.newest_call(uuid) from public, anon, authenticated;
grant execute on function private.newest_call(uuid) to service_role;
