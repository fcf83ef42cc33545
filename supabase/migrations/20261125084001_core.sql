-- What only the write path needs. The Data API exposes `public` alone, so nothing here can be reached with a key.
create schema if not exists private;

comment on schema private is 'The write path''s own state and functions. Never exposed by the Data API.';

revoke all on schema private from public, anon, authenticated;
grant usage on schema private to service_role;

create type public.call_status as enum (
  'queued', 'in_progress', 'timeout', 'error',
  'completed', 'no_answer', 'voicemail', 'busy', 'canceled', 'failed'
);

-- The order is the order of precedence: where two sources disagree, the later one stands.
create type public.call_source as enum ('kestra', 'vapi_webhook', 'vapi_api');

-- In the order of weight: of two endings of one call the one of more weight stands, and heard weighs what stated does.
create type public.ending_evidence as enum ('unanswered', 'wordless', 'unheard', 'heard', 'stated');

create type public.save_outcome as enum ('applied', 'enriched', 'duplicate', 'superseded');

comment on type public.call_status is 'In the order of rank: queued and in_progress are open, timeout and error are provisional, the rest is final, and all of one rank.';
comment on type public.call_source is 'Who reports. Vapi stands over Kestra, its API over its webhook.';
comment on type public.ending_evidence is 'What a final status rests on. stated: the reason alone says it. heard: somebody but the assistant spoke. Where the reason leaves it open, and the report has nobody''s words but the assistant''s: unheard; none, or it is uncertain whose: wordless after an answer, unanswered without.';
comment on type public.save_outcome is 'What saving one report did to the provider''s row.';

create type public.saved_call_result as (
  outcome public.save_outcome,
  provider_id uuid,
  service_request_id uuid,
  call_id text,
  call_status public.call_status,
  request_status text
);

comment on type public.saved_call_result is 'What save_call_result answers: the outcome, the report''s ids, and the two statuses as they now are, the request''s in the application''s words.';

create type private.locked_provider as (
  provider_id uuid,
  request_id uuid,
  name text,
  call_id text,
  call_status text,
  request_status text
);

comment on type private.locked_provider is 'What the application''s rows say of a provider and its request, while both are locked; the statuses are in the application''s words.';

create function private.stage(status public.call_status) returns text
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return case
    when status < 'timeout' then 'open'
    when status < 'completed' then 'provisional'
    else 'final'
  end;
end;
$$;

comment on function private.stage(public.call_status) is 'How far a call has come: open (it may be ringing or talking), provisional (its ending was not seen, and may still be), or final.';

revoke all on function private.stage(public.call_status) from public, anon, authenticated;
grant execute on function private.stage(public.call_status) to service_role;

create table private.calls (
  provider_id uuid not null,
  request_id uuid not null,
  call_id text,
  called_at timestamptz,
  first_seen_at timestamptz not null default clock_timestamp(),
  call_status public.call_status,
  reports jsonb not null,
  transcript text,
  transcript_source public.call_source,
  is_heard boolean,
  logged jsonb not null default '{}',
  kestra_reported_at timestamptz,
  vapi_webhook_reported_at timestamptz,
  vapi_api_reported_at timestamptz,
  next_check_at timestamptz,
  checks integer not null default 0,
  scheduled_at timestamptz,

  constraint a_call_belongs_to_one_provider unique (call_id)
)
-- A call's row is written three times: with room on its page, a new version needs no new entries in the indexes.
with (fillfactor = 70);

comment on table private.calls is 'The memory of calls: what each source reported of each of them. The provider''s row shows the newest of its calls; because it follows from what stands here, the order in which reports arrive does not matter.';
comment on column private.calls.provider_id is 'Whom the call was first reported for; for anybody else it is refused.';
comment on column private.calls.request_id is 'The request that the provider belonged to when the call was last reported.';
comment on column private.calls.call_id is 'Vapi''s id; null for what was reported before Vapi had the call.';
comment on column private.calls.called_at is 'When the call was created, or answered where only that is known; null where neither a source nor the id says so.';
comment on column private.calls.first_seen_at is 'Stands in for called_at while that is unknown.';
comment on column private.calls.call_status is 'How it stands, by all reports together.';
comment on column private.calls.reports is 'Source -> its report, as far as that source knows the call at the highest rank that it reported; without the words.';
comment on column private.calls.transcript is 'What was said, kept once: of the reports of the highest rank, words in which the other side is heard stand over others; else those of the source that stands higher.';
comment on column private.calls.transcript_source is 'Whose transcript that is.';
comment on column private.calls.is_heard is 'Whether somebody but the assistant speaks in it.';
comment on column private.calls.logged is 'The steps that are in the log: status -> whose turns its row has (turns_source, is_heard), and, of steps before the ending and of endings that another may stand over, the words that it has. Without a call id the key is the status and the report''s key.';
comment on column private.calls.kestra_reported_at is 'When Kestra last had something new to say of it.';
comment on column private.calls.vapi_webhook_reported_at is 'When Vapi''s webhook last had something new to say of it.';
comment on column private.calls.vapi_api_reported_at is 'When Vapi''s API last had something new to say of it or, noted once an hour at most, said that it is alive; or when the reconciler gave it up.';
comment on column private.calls.next_check_at is 'When Vapi is to be asked about the call, should nothing more be heard of it; null where there is nothing to ask. Set it to now() to have the call asked about in the next run.';
comment on column private.calls.checks is 'How often Vapi was asked since the last news.';
comment on column private.calls.scheduled_at is 'When it is to run at the earliest, as Vapi says; null: when it was created. Patience counts from here.';

-- Holds the calls that wait for something, and none of those that have ended.
create index calls_due_idx on private.calls (next_check_at) where next_check_at is not null;

-- "The calls of a provider", as every save asks.
create index calls_provider_id_idx on private.calls (provider_id);

create unique index calls_one_row_for_what_precedes_the_call on private.calls (provider_id) where call_id is null;

-- "Of the last week", as call_health asks: a few pages, as rows lie in the order in which they came, and no write with
-- each of them.
create index calls_first_seen_at_idx on private.calls using brin (first_seen_at);

alter table private.calls enable row level security;

revoke all on private.calls from public, anon, authenticated;
grant select, insert, update, delete on private.calls to service_role;

create table public.rejected_call_results (
  id uuid primary key default gen_random_uuid(),
  received_at timestamptz not null default clock_timestamp(),
  source public.call_source not null,
  code text not null,
  issues jsonb not null default '[]',
  payload jsonb not null,
  idempotency_key text,
  attempts integer not null default 1,
  resolved_at timestamptz,
  resolution text,
  delivery_digest bytea not null,
  next_attempt_at timestamptz not null default now() + interval '2 minutes',
  announced_at timestamptz,
  vapi_call jsonb,
  called_at timestamptz,
  refusals integer not null default 0,
  waits_for uuid,

  constraint attempts_count_from_one check (attempts >= 1),
  constraint issues_is_a_list check (jsonb_typeof(issues) = 'array'),
  constraint only_the_resolved_has_a_resolution check (resolution is null or resolved_at is not null),
  constraint the_same_delivery_is_the_same_row unique (delivery_digest)
);

comment on table public.rejected_call_results is 'Authenticated deliveries that could not be applied. Nothing is lost: correct the payload, or the row that it names, and it can be applied.';
comment on column public.rejected_call_results.id is 'rejectedId on the wire.';
comment on column public.rejected_call_results.received_at is 'When it first came.';
comment on column public.rejected_call_results.source is 'Which way it came.';
comment on column public.rejected_call_results.code is 'Why, in one word, as the sender was told: invalid_json, invalid_payload, unknown_provider, wrong_request, wrong_call.';
comment on column public.rejected_call_results.issues is 'What was wrong where: [{"path", "message"}].';
comment on column public.rejected_call_results.payload is 'The body as delivered; a body that cannot be kept as JSON is kept as a JSON string.';
comment on column public.rejected_call_results.idempotency_key is 'The Idempotency-Key header of the delivery.';
comment on column public.rejected_call_results.attempts is 'How often it was tried.';
comment on column public.rejected_call_results.resolved_at is 'When it was applied or dismissed; null while it is open.';
comment on column public.rejected_call_results.resolution is 'How it was resolved.';
comment on column public.rejected_call_results.delivery_digest is 'SHA-256 of the delivery as it first came, so that a repeated one finds its row even after the payload was corrected.';

-- What is open, oldest first.
create index rejected_call_results_open_idx
on public.rejected_call_results (received_at) where resolved_at is null;

comment on column public.rejected_call_results.next_attempt_at is 'When it is tried again, while it is open. A changed payload is tried in the next run; infinity: not before somebody touches it. Set it to now() after correcting the row that it names.';
comment on column public.rejected_call_results.vapi_call is 'Of a call that was found at Vapi: what Vapi last said of it, in the fields that are read here. It is used where Vapi does not have the call any more.';
comment on column public.rejected_call_results.called_at is 'Of a delivery of Vapi''s: when its call was created; null where it does not say. Vapi keeps a call for some days only.';
comment on column public.rejected_call_results.refusals is 'How often in a row it was tried again and refused for the same reason, since somebody touched it. After ten times it rests (next_attempt_at is infinity): it stays open, and is tried again when its payload or next_attempt_at is changed, or what it waits for is there.';
comment on column public.rejected_call_results.waits_for is 'The provider that it names and that was not there: as soon as there is one, it is due.';
comment on column public.rejected_call_results.announced_at is 'When the operator was told of it; null: not yet.';

-- As they are claimed.
create index rejected_call_results_due_idx
on public.rejected_call_results (refusals, next_attempt_at desc) where resolved_at is null;

create index rejected_call_results_waiting_idx
on public.rejected_call_results (waits_for) where waits_for is not null and resolved_at is null;

create index rejected_call_results_unannounced_idx
on public.rejected_call_results (id) where announced_at is null and resolved_at is null;

-- The calls that were found at Vapi and could not be applied.
create index rejected_call_results_call_id_idx
on public.rejected_call_results ((payload ->> 'callId')) where source = 'vapi_api';

alter table public.rejected_call_results enable row level security;

revoke all on public.rejected_call_results from public, anon, authenticated;
grant select, insert, update, delete on public.rejected_call_results to service_role;

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

create function private.called_at(call_id text, report jsonb) returns timestamptz
language plpgsql stable parallel safe
set search_path = ''
as $$
declare
  -- Vapi's ids are UUIDs of version 7: they begin with the milliseconds since 1970. 01 stands for 2004 to 2039.
  id_milliseconds text;
  id_time timestamptz;
begin
  if report ? 'called_at' then
    return (report ->> 'called_at')::timestamptz;
  end if;

  id_milliseconds := substring(
    call_id from '^(01[0-9a-f]{6}-[0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
  );
  id_time := to_timestamp(('x' || replace(id_milliseconds, '-', ''))::bit(48)::bigint / 1000.0);
  -- An id of the future would be the newest for ever.
  return coalesce(
    case when id_time < now() + interval '1 day' then id_time end,
    (report ->> 'started_at')::timestamptz
  );
end;
$$;

comment on function private.called_at(text, jsonb) is 'When a call was created: as reported, else as its id says, else when it was answered.';

revoke all on function private.called_at(text, jsonb) from public, anon, authenticated;
grant execute on function private.called_at(text, jsonb) to service_role;

create function private.merge_reports(base jsonb, over jsonb) returns jsonb
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
declare
  -- Every final status ranks as the first of them, and heard weighs what stated does.
  base_rank constant public.call_status := least((base ->> 'call_status')::public.call_status, 'completed');
  over_rank constant public.call_status := least((over ->> 'call_status')::public.call_status, 'completed');
  base_weight constant public.ending_evidence := least((base ->> 'evidence')::public.ending_evidence, 'heard');
  over_weight constant public.ending_evidence := least((over ->> 'evidence')::public.ending_evidence, 'heard');
begin
  if over_rank > base_rank then
    return private.report_identity(base) || over;
  elsif over_rank < base_rank then
    return base || private.report_identity(over);
  end if;

  -- A poorer report does not take back the ending that is better known.
  if over_weight < base_weight then
    over := over - array['call_status', 'evidence'];
  end if;
  return base || over;
end;
$$;

comment on function private.merge_reports(jsonb, jsonb) is 'Two reports of one call in one: the one that came further stands; of two that came equally far, a value of the second stands over one of the first, but for an ending that rests on less.';

revoke all on function private.merge_reports(jsonb, jsonb) from public, anon, authenticated;
grant execute on function private.merge_reports(jsonb, jsonb) to service_role;

create function private.words_stand(
  is_heard boolean,
  source public.call_source,
  known_is_heard boolean,
  known_source public.call_source
) returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return known_source is null
    or (is_heard, source) > (known_is_heard, known_source)
    -- Of what one source says twice, Vapi's newer word stands, and Kestra's older one.
    or (is_heard, source) = (known_is_heard, known_source) and source <> 'kestra';
end;
$$;

comment on function private.words_stand(boolean, public.call_source, boolean, public.call_source) is 'Whether the words of a report stand over those that are known: those in which the other side is heard do, else those of the source that stands higher.';

revoke all on function private.words_stand(boolean, public.call_source, boolean, public.call_source) from public, anon, authenticated;
grant execute on function private.words_stand(boolean, public.call_source, boolean, public.call_source) to service_role;

create function private.is_unheard(report jsonb) returns boolean
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return coalesce((report ->> 'evidence')::public.ending_evidence < 'heard', false);
end;
$$;

comment on function private.is_unheard(jsonb) is 'Whether a report ends a call in a way that another report may know better.';

revoke all on function private.is_unheard(jsonb) from public, anon, authenticated;
grant execute on function private.is_unheard(jsonb) to service_role;

create function private.call_report(reports jsonb, only_ending public.call_status default null) returns jsonb
language plpgsql immutable parallel safe
set search_path = ''
as $$
declare
  source text;
  source_report jsonb;
  report jsonb;
begin
  -- The sources in the order of precedence.
  foreach source in array array['kestra', 'vapi_webhook', 'vapi_api'] loop
    source_report := reports -> source;
    if
      source_report is not null
      and (only_ending is null or source_report ->> 'call_status' = only_ending::text and not private.is_unheard(source_report))
    then
      report := coalesce(private.merge_reports(report, source_report), source_report);
    end if;
  end loop;
  return report;
end;
$$;

comment on function private.call_report(jsonb, public.call_status) is 'What is known of a call from all its sources, or from those to which it ended in one way, stated or heard: see the column reports of private.calls.';

revoke all on function private.call_report(jsonb, public.call_status) from public, anon, authenticated;
grant execute on function private.call_report(jsonb, public.call_status) to service_role;

create function private.is_complete(report jsonb, has_words boolean) returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return report ->> 'call_cost' is not null and (
    report ->> 'started_at' is null
    or coalesce(
      has_words
      and (report ->> 'call_cost')::numeric > 0
      and report ->> 'call_summary' ~ '\S'
      and report ->> 'call_result' ~ '\S'
      and report -> 'call_result' not in ('{}', '[]'),
      false
    )
  );
end;
$$;

comment on function private.is_complete(jsonb, boolean) is 'Whether nothing is missing of an ending: its cost and, where the call was answered, a cost above 0, words, summary and structured data. In TypeScript: isComplete.';

revoke all on function private.is_complete(jsonb, boolean) from public, anon, authenticated;
grant execute on function private.is_complete(jsonb, boolean) to service_role;

create function private.next_check_at(call private.calls, report jsonb) returns timestamptz
language plpgsql stable parallel safe
set search_path = ''
as $$
declare
  status constant public.call_status := report ->> 'call_status';
  stage constant text := private.stage(status);
begin
  return case
    -- What Vapi's API said last is its last word; so is what the reconciler says when it gives up.
    when (call.reports -> 'vapi_api' ->> 'call_status')::public.call_status >= 'error' then null
    when call.call_id is null then
      case status when 'queued' then call.first_seen_at + interval '1 hour' end
    -- Ringing takes up to a minute, a call up to ten, and Vapi's report of it up to two more.
    when stage = 'open' then greatest(
      greatest(least(call.called_at, call.first_seen_at), call.scheduled_at) + interval '13 minutes',
      now() + interval '2 minutes'
    )
    when stage = 'provisional' then now() + interval '2 minutes'
    when not private.is_complete(report, call.transcript is not null) then now() + interval '5 minutes'
  end;
end;
$$;

comment on function private.next_check_at(private.calls, jsonb) is 'When Vapi is to be asked about a call of which this is known: once an open one should have ended, soon where its ending is unknown or is not complete; null where nothing is missing. Of what precedes a call: when it counts as never dialled.';

revoke all on function private.next_check_at(private.calls, jsonb) from public, anon, authenticated;
grant execute on function private.next_check_at(private.calls, jsonb) to service_role;

create function private.add_report(
  known private.calls,
  source public.call_source,
  report jsonb,
  transcript text,
  is_heard boolean
) returns private.calls
language plpgsql stable parallel safe
set search_path = ''
as $$
declare
  call private.calls := known;
  earlier constant jsonb := known.reports -> source::text;
  -- Every final status ranks as the first of them.
  reported_rank constant public.call_status := least((report ->> 'call_status')::public.call_status, 'completed');
  merged jsonb;
begin
  report := case
    when earlier is null then report
    -- Without a call, what stands is only ever replaced by what is further, queued by error; others say at most who
    -- and when.
    when known.call_id is null and (report ->> 'call_status' = 'queued' or earlier ->> 'call_status' = 'error')
      then private.report_identity(report) || earlier
    -- Of what one source says twice, Vapi's newer word stands, and Kestra's older one.
    when source = 'kestra' then private.merge_reports(report, earlier)
    else private.merge_reports(earlier, report)
  end;
  if report is distinct from earlier then
    call.reports := known.reports || jsonb_build_object(source, report);
    merged := private.call_report(call.reports);
    call.call_status := merged ->> 'call_status';
    call.called_at := private.called_at(call.call_id, merged);
  end if;

  -- Words count at the rank at which they were reported.
  if known.transcript is not null and least(call.call_status, 'completed') > least(known.call_status, 'completed') then
    call.transcript := null;
    call.transcript_source := null;
    call.is_heard := null;
  end if;
  if
    transcript is not null
    and reported_rank = least(call.call_status, 'completed')
    and private.words_stand(is_heard, source, call.is_heard, call.transcript_source)
  then
    call.transcript := transcript;
    call.transcript_source := source;
    call.is_heard := is_heard;
  end if;

  if merged is not null or call.transcript is distinct from known.transcript then
    call.checks := 0;
    call.next_check_at := private.next_check_at(call, coalesce(merged, private.call_report(call.reports)));
    case source
      when 'kestra' then call.kestra_reported_at := clock_timestamp();
      when 'vapi_webhook' then call.vapi_webhook_reported_at := clock_timestamp();
      when 'vapi_api' then call.vapi_api_reported_at := clock_timestamp();
    end case;
  end if;
  return call;
end;
$$;

comment on function private.add_report(private.calls, public.call_source, jsonb, text, boolean) is 'A call with a report, and its words, added to what is known of it, and the date of its next check; the same call where the report says nothing new.';

revoke all on function private.add_report(private.calls, public.call_source, jsonb, text, boolean) from public, anon, authenticated;
grant execute on function private.add_report(private.calls, public.call_source, jsonb, text, boolean) to service_role;

create function private.report_sentence(report jsonb) returns text
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return case report ->> 'call_status'
    when 'queued' then 'The call is waiting to be answered.'
    when 'in_progress' then 'The call was answered.'
    when 'timeout' then 'The call was not seen to end in time; its result may still arrive.'
    when 'error' then 'The workflow around the call failed.'
    when 'completed' then
      case report ->> 'evidence'
        when 'wordless' then 'The call was answered; what was said is not known.'
        else 'The conversation took place.'
      end
    when 'no_answer' then 'Nobody answered.'
    when 'voicemail' then 'The call reached a voicemail.'
    when 'busy' then 'The line was busy.'
    when 'canceled' then 'The call was canceled.'
    when 'failed' then
      case
        when report ? 'call_ended_reason' and not private.is_unheard(report)
          then 'The call failed: ' || (report ->> 'call_ended_reason') || '.'
        else 'The call failed.'
      end
  end;
end;
$$;

comment on function private.report_sentence(jsonb) is 'One plain sentence for the log, for a report that has no words of its own.';

revoke all on function private.report_sentence(jsonb) from public, anon, authenticated;
grant execute on function private.report_sentence(jsonb) to service_role;

create function private.report_words(report jsonb) returns text
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return coalesce(report ->> 'call_summary', report ->> 'call_error', report ->> 'message');
end;
$$;

comment on function private.report_words(jsonb) is 'A report''s own words for the log; null where it has none.';

revoke all on function private.report_words(jsonb) from public, anon, authenticated;
grant execute on function private.report_words(jsonb) to service_role;

create type private.logged_report as (
  did text,
  memory jsonb
);

comment on type private.logged_report is 'What logging a report did (inserted, completed, or null for nothing), and what the call is to remember of it.';

create function private.log_report(
  target private.locked_provider,
  known private.calls,
  call private.calls,
  source public.call_source,
  report jsonb,
  turns jsonb,
  is_heard boolean,
  idempotency_key text
) returns private.logged_report
language plpgsql
set search_path = ''
as $$
declare
  status constant public.call_status := report ->> 'call_status';
  is_ending constant boolean := call.call_id is not null and private.stage(status) = 'final';
  is_certain constant boolean := is_ending and not private.is_unheard(report);
  step text := status;
  logged jsonb;
  full_report jsonb;
  memory jsonb;
  did text;
begin
  if call.call_id is null then
    idempotency_key := coalesce(idempotency_key, encode(sha256(convert_to(report::text, 'UTF8')), 'hex'));
    step := concat_ws(' ', status, idempotency_key);
    if known.logged ? step or private.is_log_full(known.logged) then
      return null;
    end if;
  else
    idempotency_key := null;
  end if;
  logged := known.logged -> step;
  if
    turns is not null
    and not private.words_stand(
      is_heard, source, (logged ->> 'is_heard')::boolean, (logged ->> 'turns_source')::public.call_source
    )
  then
    turns := null;
  end if;
  memory := json_object(
    -- Of a step before the ending, and of an ending that another may stand over, no report is kept: words stand over
    -- the plain sentence, and of two that differ the same one whichever came first.
    'words' value case
      when is_certain then logged ->> 'words'
      else greatest(logged ->> 'words', private.report_words(report))
    end,
    'turns_source' value case when turns is null then logged ->> 'turns_source' else source::text end,
    'is_heard' value case when turns is null then (logged ->> 'is_heard')::boolean else is_heard end
    absent on null returning jsonb
  );

  -- The row of an ending says what all sources say to whom it certainly ended so.
  if is_ending then
    full_report := private.call_report(call.reports, status);
  end if;
  if is_certain then
    full_report := coalesce(full_report, report);
  end if;
  if
    logged is not null
    and turns is null
    and memory = logged
    and (not is_ending or full_report is not distinct from private.call_report(known.reports, status))
  then
    return null;
  end if;

  did := case
    when not private.log_call(
      target,
      is_new => logged is null,
      call_id => call.call_id,
      call_status => status,
      source => source,
      idempotency_key => idempotency_key,
      detail => coalesce(
        private.report_words(full_report), memory ->> 'words', private.report_sentence(coalesce(full_report, report))
      ),
      turns => turns
    ) then null
    when logged is null then 'inserted'
    else 'completed'
  end;
  return row(did, jsonb_build_object(step, memory));
end;
$$;

comment on function private.log_report(private.locked_provider, private.calls, private.calls, public.call_source, jsonb, jsonb, boolean, text) is 'Logs a report once for its (call, status), or completes that row with what comes late. The caller holds the provider''s lock.';

revoke all on function private.log_report(private.locked_provider, private.calls, private.calls, public.call_source, jsonb, jsonb, boolean, text) from public, anon, authenticated;
grant execute on function private.log_report(private.locked_provider, private.calls, private.calls, public.call_source, jsonb, jsonb, boolean, text) to service_role;

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

-- Limits of what a sender can leave behind. None of them drops a result.

create function private.is_log_full(logged jsonb) returns boolean
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return pg_column_size(logged) > 1024 * 1024
    or (select count(*) >= 100 from jsonb_object_keys(logged));
end;
$$;

comment on function private.is_log_full(jsonb) is 'Whether the log has enough of what was reported of a provider before there was a call: a hundred rows, or a mebibyte of words. Such a report still moves the provider''s row.';

revoke all on function private.is_log_full(jsonb) from public, anon, authenticated;
grant execute on function private.is_log_full(jsonb) to service_role;

-- "Of a source, of the last day."
create index rejected_call_results_source_received_at_idx on public.rejected_call_results (source, received_at);

create function private.are_rejections_full(source public.call_source) returns boolean
language sql stable
set search_path = ''
as $$
  select
    count(*) >= 10000
    or coalesce(sum(pg_column_size(r.payload) + coalesce(pg_column_size(r.vapi_call), 0)), 0) >= 128 * 1024 * 1024
  from public.rejected_call_results r
  where r.source = are_rejections_full.source and r.received_at > now() - interval '1 day';
$$;

comment on function private.are_rejections_full(public.call_source) is 'Whether a source''s rejected deliveries of the last day are as many as are kept: ten thousand, or 128 MiB.';

revoke all on function private.are_rejections_full(public.call_source) from public, anon, authenticated;
grant execute on function private.are_rejections_full(public.call_source) to service_role;

create function private.bound_rejections() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- What is kept already takes no room.
  if private.are_rejections_full(new.source) and not exists (
    select from public.rejected_call_results r where r.delivery_digest = new.delivery_digest
  ) then
    raise exception 'this is refused (%), and too much was refused within a day to keep it: it is not saved', new.code
      using errcode = 'PT503', detail = 'unavailable';
  end if;
  return new;
end;
$$;

comment on function private.bound_rejections() is 'Trigger: a rejected delivery that there is no room for is for its sender to keep, who is told to try again.';

revoke all on function private.bound_rejections() from public, anon, authenticated;

create trigger bound_rejections before insert on public.rejected_call_results
for each row execute function private.bound_rejections();

create function public.save_call_result(
  provider_id uuid,
  service_request_id uuid,
  source public.call_source,
  call_status public.call_status,
  call_id text default null,
  call_method text default null,
  created_at timestamptz default null,
  started_at timestamptz default null,
  duration_minutes numeric default null,
  cost numeric default null,
  ended_reason text default null,
  evidence public.ending_evidence default null,
  summary text default null,
  success_evaluation text default null,
  structured_data jsonb default null,
  transcript text default null,
  turns jsonb default null,
  is_heard boolean default false,
  recording_url text default null,
  error text default null,
  message text default null,
  idempotency_key text default null
) returns public.saved_call_result
language plpgsql
set search_path = ''
-- Times are kept as text in reports: always in the same zone.
set timezone = 'UTC'
-- A row that somebody holds must not hold the Data API's connections. Longer than deadlock_timeout: a deadlock is told as one.
set lock_timeout = '1200ms'
as $$
declare
  target private.locked_provider;
  known private.calls;
  call private.calls;
  newest private.calls;
  report jsonb;
  shown jsonb;
  shown_status public.call_status;
  logged private.logged_report;
  refreshed private.logged_report;
  is_known boolean;
  is_changed boolean;
  outcome public.save_outcome;
begin
  -- Guard: what the tables would refuse, said clearly.
  if call_id is null and call_status not in ('queued', 'error') then
    raise exception 'a report of status % needs a call id', call_status
      using errcode = 'PT422', detail = 'invalid_payload';
  end if;

  -- Lock: first the request, then the provider, as everybody does. The request's lock puts its reports in a row, the
  -- provider's keeps the application from changing or deleting it meanwhile.
  target := private.lock_provider(provider_id, service_request_id);
  if target.provider_id is null then
    raise exception 'there is no provider %', save_call_result.provider_id
      using errcode = 'PT404', detail = 'unknown_provider';
  elsif target.request_id <> service_request_id then
    raise exception 'provider % belongs to another request', target.provider_id
      using errcode = 'PT409', detail = 'wrong_request';
  end if;

  -- Remember the report.
  report := json_object(
    'call_status' value call_status,
    'evidence' value case when call_status >= 'completed' then coalesce(evidence, 'stated') end,
    'call_method' value coalesce(call_method, case source when 'kestra' then 'kestra' end),
    'called_at' value created_at,
    'started_at' value started_at,
    'call_duration_minutes' value duration_minutes,
    'call_cost' value cost,
    'call_ended_reason' value ended_reason,
    'call_result' value nullif(structured_data, 'null'),
    'call_summary' value summary,
    'call_success_evaluation' value success_evaluation,
    'call_recording_url' value recording_url,
    'call_error' value error,
    'message' value message
    absent on null returning jsonb
  );

  known := private.known_call(target, call_id);
  is_known := known.reports <> '{}';
  call := private.add_report(known, source, report, transcript, is_heard);
  logged := private.log_report(target, known, call, source, report, nullif(turns, 'null'), is_heard, idempotency_key);
  call.logged := call.logged || coalesce(logged.memory, '{}');
  if evidence < 'heard' and not private.is_unheard(call.reports -> source::text) then
    -- What it adds to the ending that stands over it.
    refreshed := private.log_report(target, known, call, source, call.reports -> source::text, null, false, null);
    logged.did := coalesce(logged.did, refreshed.did);
  end if;
  if not is_known then
    insert into private.calls select call.*;
  elsif call is distinct from known then
    update private.calls c
    set
      request_id = call.request_id,
      called_at = call.called_at,
      call_status = call.call_status,
      reports = call.reports,
      -- What stays as it is need not be written again.
      transcript = case when call.transcript is distinct from known.transcript then call.transcript else c.transcript end,
      transcript_source = call.transcript_source,
      is_heard = call.is_heard,
      logged = call.logged,
      kestra_reported_at = call.kestra_reported_at,
      vapi_webhook_reported_at = call.vapi_webhook_reported_at,
      vapi_api_reported_at = call.vapi_api_reported_at,
      next_check_at = call.next_check_at,
      checks = call.checks
    where c.provider_id = call.provider_id and c.call_id is not distinct from call.call_id;
  end if;

  -- Show: the newest call in the provider's row, and the request's status. The call that is shown stays the newest
  -- while its date stands, and where none is shown the first one is.
  if
    is_known and target.call_id = call.call_id and known.called_at = call.called_at
    or not is_known and target.call_id is null
  then
    newest := call;
  else
    newest := private.newest_call(target.provider_id);
  end if;
  shown := private.call_report(newest.reports);
  shown_status := shown ->> 'call_status';
  is_changed := private.show_call(target, newest.call_id, newest.called_at, shown, newest.transcript);
  if is_changed then
    target.request_status := private.update_request_status(target, shown_status);
  end if;

  -- Every final status ranks as the first of them.
  outcome := case
    when not is_changed and logged.did is null then 'duplicate'
    when newest.call_id is distinct from call.call_id then 'superseded'
    when least(call_status, 'completed') < least(shown_status, 'completed') then 'superseded'
    when target.call_status is null or target.call_id is distinct from newest.call_id then 'applied'
    when least(known.call_status, 'completed') < least(shown_status, 'completed') then 'applied'
    when is_changed or logged.did = 'completed' then 'enriched'
    else 'superseded'
  end;

  return row(outcome, target.provider_id, target.request_id, call_id, shown_status, target.request_status);
end;
$$;

comment on function public.save_call_result(
  uuid, uuid, public.call_source, public.call_status, text, text, timestamptz, timestamptz, numeric, numeric, text,
  public.ending_evidence, text, text, jsonb, text, jsonb, boolean, text, text, text, text
) is 'Saves one report of one call: the provider''s row, the log row and the request''s status change together or not at all, and the same report again changes nothing.';

revoke all on function public.save_call_result(
  uuid, uuid, public.call_source, public.call_status, text, text, timestamptz, timestamptz, numeric, numeric, text,
  public.ending_evidence, text, text, jsonb, text, jsonb, boolean, text, text, text, text
) from public, anon, authenticated;
grant execute on function public.save_call_result(
  uuid, uuid, public.call_source, public.call_status, text, text, timestamptz, timestamptz, numeric, numeric, text,
  public.ending_evidence, text, text, jsonb, text, jsonb, boolean, text, text, text, text
) to service_role;

create function public.find_call(call_id text, provider_id uuid default null)
returns table (found_provider_id uuid, found_service_request_id uuid, is_known_call boolean)
language plpgsql stable
set search_path = ''
as $$
begin
  select c.provider_id into found_provider_id
  from private.calls c
  where c.call_id = find_call.call_id;

  is_known_call := found;
  found_provider_id := coalesce(found_provider_id, find_call.provider_id);
  found_service_request_id := private.request_of(found_provider_id);
  if found_service_request_id is not null then
    return next;
  end if;
end;
$$;

comment on function public.find_call(text, uuid) is 'The provider that a call belongs to, and its request: of the call if it is known, else of the provider that is said to be called. No row where neither is there.';

revoke all on function public.find_call(text, uuid) from public, anon, authenticated;
grant execute on function public.find_call(text, uuid) to service_role;

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

create function private.missing_provider(code text, issues jsonb) returns uuid
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return case
    when code = 'unknown_provider'
      then substring(issues #>> '{0,message}' from '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')
  end;
end;
$$;

comment on function private.missing_provider(text, jsonb) is 'The provider that a refusal says is not there.';

revoke all on function private.missing_provider(text, jsonb) from public, anon, authenticated;
grant execute on function private.missing_provider(text, jsonb) to service_role;

create function public.reject_call_result(
  source public.call_source,
  code text,
  issues jsonb,
  payload jsonb,
  idempotency_key text default null
) returns uuid
language sql
set search_path = ''
set lock_timeout = '1200ms'
as $$
  insert into public.rejected_call_results as r (
    source, code, issues, payload, vapi_call, called_at, waits_for, idempotency_key, next_attempt_at, delivery_digest
  )
  select
    source,
    code,
    issues,
    delivery.payload,
    case when source = 'vapi_api' then reject_call_result.payload -> 'call' end,
    case when pg_input_is_valid(delivery.called_at, 'timestamptz') then delivery.called_at::timestamptz end,
    private.missing_provider(code, issues),
    idempotency_key,
    -- Of a message that may hold credentials only the digest is kept: there is nothing to try, until it is corrected.
    case
      when source = 'vapi_webhook' and payload ?& array['bytes', 'sha256'] then 'infinity'
      else now() + private.backoff(1)
    end,
    sha256(convert_to(jsonb_build_array(source, delivery.payload)::text, 'UTF8'))
  from (
    select
      -- What a call says changes, whose it is does not. The Data API hands over JSON's null as SQL's.
      case when source = 'vapi_api' then payload - 'call' else coalesce(payload, 'null') end as payload,
      case source
        when 'vapi_api' then payload #>> '{call,createdAt}'
        when 'vapi_webhook' then payload #>> '{message,call,createdAt}'
      end as called_at
  ) as delivery
  on conflict on constraint the_same_delivery_is_the_same_row do update
  set
    code = excluded.code,
    issues = excluded.issues,
    waits_for = excluded.waits_for,
    vapi_call = coalesce(excluded.vapi_call, r.vapi_call),
    attempts = r.attempts + 1,
    next_attempt_at = case
      when isfinite(excluded.next_attempt_at) then now() + private.backoff(r.attempts + 1)
      else excluded.next_attempt_at
    end,
    resolved_at = null,
    resolution = null
  returning r.id;
$$;

comment on function public.reject_call_result(public.call_source, text, jsonb, jsonb, text) is 'Keeps a delivery that could not be applied, and returns its id. The same delivery again is the same row, tried once more and open again. Of a call that was found at Vapi, the payload''s call is what it said.';

revoke all on function public.reject_call_result(public.call_source, text, jsonb, jsonb, text) from public, anon, authenticated;
grant execute on function public.reject_call_result(public.call_source, text, jsonb, jsonb, text) to service_role;

create function private.retry_touched_delivery() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if old.payload is distinct from new.payload then
    new.next_attempt_at := now();
  end if;
  new.refusals := 0;
  return new;
end;
$$;

comment on function private.retry_touched_delivery() is 'Trigger: a rejected delivery whose payload was changed is due at once; its refusals, or those of one whose next attempt somebody set, do not count any more.';

revoke all on function private.retry_touched_delivery() from public, anon, authenticated;

create trigger retry_touched_delivery before update of payload, next_attempt_at on public.rejected_call_results
for each row when (
  old.payload is distinct from new.payload
  -- Whoever claims it or refuses it counts that.
  or old.next_attempt_at is distinct from new.next_attempt_at
  and (old.attempts, old.refusals) = (new.attempts, new.refusals)
)
execute function private.retry_touched_delivery();

create function public.claim_rejected_call_result()
returns table (id uuid, source public.call_source, payload jsonb, idempotency_key text, vapi_call jsonb)
language sql
set search_path = ''
as $$
  update public.rejected_call_results r
  set attempts = r.attempts + 1, next_attempt_at = now() + private.backoff(r.attempts + 1)
  where
    r.id = (
      select due.id
      from public.rejected_call_results due
      where due.resolved_at is null and due.next_attempt_at <= now()
      -- The hopeless last; of the others first what has just come, or was just corrected.
      order by due.refusals, due.next_attempt_at desc
      limit 1
      for no key update skip locked
    )
  returning r.id, r.source, r.payload, r.idempotency_key, r.vapi_call;
$$;

comment on function public.claim_rejected_call_result() is 'Hands the rejected delivery that is due, and of those that were refused least often the newest, to one caller alone, counts the attempt, and puts the next one off. No row where nothing is due.';

revoke all on function public.claim_rejected_call_result() from public, anon, authenticated;
grant execute on function public.claim_rejected_call_result() to service_role;

create function public.put_off_rejected_call_result(
  id uuid,
  code text,
  issues jsonb,
  vapi_call jsonb default null
) returns void
language plpgsql
set search_path = ''
set lock_timeout = '2s'
as $$
declare
  most constant integer := 10;
begin
  update public.rejected_call_results r
  set
    code = again.code,
    issues = again.issues,
    vapi_call = coalesce(put_off_rejected_call_result.vapi_call, r.vapi_call),
    waits_for = private.missing_provider(again.code, again.issues),
    refusals = again.refusals,
    next_attempt_at = case when again.refusals >= most then 'infinity' else r.next_attempt_at end
  from (
    select
      put_off_rejected_call_result.code,
      put_off_rejected_call_result.issues,
      case
        when (known.code, known.issues) = (put_off_rejected_call_result.code, put_off_rejected_call_result.issues)
          then known.refusals + 1
        else 1
      end as refusals
    from public.rejected_call_results known
    where known.id = put_off_rejected_call_result.id
  ) as again
  where r.id = put_off_rejected_call_result.id;
end;
$$;

comment on function public.put_off_rejected_call_result(uuid, text, jsonb, jsonb) is 'Notes why a rejected delivery was refused again. Refused ten times for the same reason, it rests.';

revoke all on function public.put_off_rejected_call_result(uuid, text, jsonb, jsonb) from public, anon, authenticated;
grant execute on function public.put_off_rejected_call_result(uuid, text, jsonb, jsonb) to service_role;

create function public.wake_rejected_call_results() returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.rejected_call_results r
  set next_attempt_at = now(), waits_for = null
  where
    r.id in (
      select waiting.id
      from public.rejected_call_results waiting
      where
        waiting.resolved_at is null
        and waiting.waits_for is not null
        and private.request_of(waiting.waits_for) is not null
      for no key update skip locked
    );
end;
$$;

comment on function public.wake_rejected_call_results() is 'Makes rejected deliveries due whose provider is there now.';

revoke all on function public.wake_rejected_call_results() from public, anon, authenticated;
grant execute on function public.wake_rejected_call_results() to service_role;

create function public.claim_due_call()
returns table (
  call_id text,
  call_status public.call_status,
  provider_id uuid,
  service_request_id uuid,
  last_sign_at timestamptz,
  is_dialled boolean
)
language plpgsql
set search_path = ''
as $$
declare
  call private.calls;
begin
  select c.* into call
  from private.calls c
  where c.next_check_at <= now()
  order by c.next_check_at
  limit 1
  for no key update skip locked;
  if not found then
    return;
  end if;

  claim_due_call.call_id := call.call_id;
  claim_due_call.call_status := call.call_status;
  claim_due_call.provider_id := call.provider_id;
  claim_due_call.service_request_id := coalesce(private.request_of(call.provider_id), call.request_id);
  claim_due_call.last_sign_at := greatest(
    call.first_seen_at,
    call.scheduled_at,
    call.kestra_reported_at,
    call.vapi_webhook_reported_at,
    call.vapi_api_reported_at
  );
  claim_due_call.is_dialled := exists (
    select from private.calls c where c.provider_id = call.provider_id and c.call_id is not null
  );

  update private.calls c
  set
    checks = call.checks + 1,
    next_check_at = case
      when call.call_id is not null or not claim_due_call.is_dialled then now() + private.backoff(call.checks + 1)
    end
  where c.provider_id = call.provider_id and c.call_id is not distinct from call.call_id;
  return next;
end;
$$;

comment on function public.claim_due_call() is 'Hands the call that is longest due for a check to one caller alone, and puts its next check off. last_sign_at is when it was last heard of or is to run, whichever is later. Without a call_id it is a provider who was queued and, unless is_dialled, never dialled. No row where nothing is due.';

revoke all on function public.claim_due_call() from public, anon, authenticated;
grant execute on function public.claim_due_call() to service_role;

create function public.note_alive(call_id text, scheduled_at timestamptz default null) returns void
language sql
set search_path = ''
set lock_timeout = '2s'
as $$
  update private.calls c
  set
    vapi_api_reported_at = now(),
    scheduled_at = note_alive.scheduled_at,
    next_check_at = greatest(c.next_check_at, note_alive.scheduled_at + interval '13 minutes')
  where
    c.call_id = note_alive.call_id
    and c.next_check_at is not null
    and (
      c.scheduled_at is distinct from note_alive.scheduled_at
      or greatest(c.first_seen_at, c.vapi_api_reported_at) < now() - interval '1 hour'
      or c.next_check_at < note_alive.scheduled_at + interval '13 minutes'
    );
$$;

comment on function public.note_alive(text, timestamptz) is 'Notes that Vapi says of a call that it has not ended, and when it is to run at the earliest: nobody has to ask before. Writes where that was not known, or not for an hour.';

revoke all on function public.note_alive(text, timestamptz) from public, anon, authenticated;
grant execute on function public.note_alive(text, timestamptz) to service_role;

create function public.stop_checking(call_id text) returns void
language sql
set search_path = ''
set lock_timeout = '2s'
as $$
  update private.calls c
  set next_check_at = null
  where c.call_id = stop_checking.call_id;
$$;

comment on function public.stop_checking(text) is 'Has Vapi not asked about a call any more, until something new is heard of it.';

revoke all on function public.stop_checking(text) from public, anon, authenticated;
grant execute on function public.stop_checking(text) to service_role;

create table private.discovery (
  is_only boolean primary key default true,
  next_at timestamptz not null default now(),
  began_at timestamptz,
  compared_back_to timestamptz,
  completed_at timestamptz,
  reach_days numeric not null default 13,

  constraint there_is_one_row check (is_only)
);

comment on table private.discovery is 'How far the calls that Vapi has were compared with ours: newest first, over several runs if it takes them.';
comment on column private.discovery.is_only is 'Keeps the table at one row.';
comment on column private.discovery.next_at is 'When the next part is to be compared; also the lease of whoever compares.';
comment on column private.discovery.began_at is 'When the comparison that is under way, or the last one, began with the newest call.';
comment on column private.discovery.compared_back_to is 'The calls that were created after that, by Vapi''s clock, were compared; null: the next comparison begins anew.';
comment on column private.discovery.completed_at is 'All that happened to calls until then was compared. Old: Vapi is away, or refuses the key.';

comment on column private.discovery.reach_days is 'How many days back Vapi was last willing to list calls; 13 at most, as it usually keeps 14.';

insert into private.discovery default values;

alter table private.discovery enable row level security;

revoke all on private.discovery from public, anon, authenticated;
grant select, update on private.discovery to service_role;

create function public.claim_discovery()
returns table (reach_days numeric, created_before timestamptz, changed_since timestamptz)
language sql
set search_path = ''
as $$
  update private.discovery l
  set
    next_at = now() + interval '5 minutes',
    began_at = case when l.compared_back_to is null then now() else l.began_at end
  where
    l.is_only = (
      select due.is_only
      from private.discovery due
      where due.next_at <= now()
      for no key update skip locked
    )
  returning
    -- Each comparison tries anew.
    case when l.compared_back_to is null then 13 else l.reach_days end,
    l.compared_back_to,
    -- A day before the last comparison is more than clocks differ, and Vapi is late.
    least(l.began_at - interval '1 day', l.completed_at - interval '1 hour');
$$;

comment on function public.claim_discovery() is 'Once an hour, hands what is to be compared with Vapi''s calls to one caller alone, for five minutes: those that changed since a day or, where nobody has compared for longer, since then, whenever they were created. Without created_before they begin with the newest. No row where it is not time, or somebody else''s.';

revoke all on function public.claim_discovery() from public, anon, authenticated;
grant execute on function public.claim_discovery() to service_role;

create function public.release_discovery(
  is_complete boolean,
  has_failed boolean,
  reach_days numeric,
  compared_back_to timestamptz default null
) returns void
language sql
set search_path = ''
as $$
  update private.discovery l
  set
    compared_back_to = case
      when is_complete then null
      -- Whoever does not get on for an hour begins anew, so that new calls are compared.
      when
        has_failed
        and l.began_at < now() - interval '1 hour'
        and l.compared_back_to is not distinct from release_discovery.compared_back_to then null
      else release_discovery.compared_back_to
    end,
    reach_days = release_discovery.reach_days,
    completed_at = case when is_complete then l.began_at else l.completed_at end,
    next_at = case
      -- A comparison that took longer than that is followed by the next one at once.
      when is_complete then l.began_at + interval '1 hour'
      when has_failed then l.next_at
      else now()
    end
  where l.is_only;
$$;

comment on function public.release_discovery(boolean, boolean, numeric, timestamptz) is 'Notes how far the calls were compared, for the next run to go on from there, or, after a failure, the next but some; without progress for an hour it begins anew. Once all are compared, the next comparison begins an hour after this one.';

revoke all on function public.release_discovery(boolean, boolean, numeric, timestamptz) from public, anon, authenticated;
grant execute on function public.release_discovery(boolean, boolean, numeric, timestamptz) to service_role;

create function public.unknown_calls(call_ids text[]) returns setof text
language sql stable
set search_path = ''
as $$
  select asked.call_id
  from unnest(call_ids) as asked (call_id)
  where
    not exists (
      select from private.calls c
      where c.call_id = asked.call_id and c.reports -> 'vapi_api' ->> 'call_status' is distinct from 'error'
    )
    and not exists (
      select from public.rejected_call_results r
      where r.source = 'vapi_api' and r.payload ->> 'callId' = asked.call_id
    );
$$;

comment on function public.unknown_calls(text[]) is 'Those of the calls of which nothing was ever saved or kept, or that were given up.';

revoke all on function public.unknown_calls(text[]) from public, anon, authenticated;
grant execute on function public.unknown_calls(text[]) to service_role;

create function private.expiring() returns bigint
language plpgsql stable
set search_path = ''
as $$
declare
  reach interval;
begin
  select interval '1 day' * d.reach_days into reach from private.discovery d;
  return (
    select count(*)
    from (
      select least(c.called_at, c.first_seen_at) as called_at
      from private.calls c
      where c.next_check_at is not null and c.call_id is not null
      union all
      select coalesce(r.called_at, r.received_at)
      from public.rejected_call_results r
      where r.resolved_at is null and r.source <> 'kestra'
    ) as wanted
    where
      wanted.called_at < now() - greatest(reach - interval '2 days', reach / 2)
      -- A day more, as reach has one to spare.
      and wanted.called_at > now() - reach - interval '1 day'
  );
end;
$$;

comment on function private.expiring() is 'How many calls that Vapi is still asked about, and open rejected deliveries of Vapi''s, are of calls that Vapi keeps for two more days or so.';

revoke all on function private.expiring() from public, anon, authenticated;
grant execute on function private.expiring() to service_role;

create table private.reconcile_runs (
  id uuid primary key default gen_random_uuid(),
  started_at timestamptz not null,
  finished_at timestamptz not null default clock_timestamp(),
  checked integer not null,
  recovered integer not null,
  still_open integer not null,
  gave_up integer not null,
  discovered integer not null,
  replayed integer not null,
  rejected_open integer not null,
  problems text[] not null,
  announced_problems text[] not null,
  alert text,
  alerted_at timestamptz,
  expiring bigint not null default 0
);

comment on table private.reconcile_runs is 'The runs of reconcile-calls of the last 30 days.';
comment on column private.reconcile_runs.id is 'Identifies the run.';
comment on column private.reconcile_runs.started_at is 'When it began.';
comment on column private.reconcile_runs.finished_at is 'When it was done. A run that died is not here.';
comment on column private.reconcile_runs.checked is 'Calls that were due for a check.';
comment on column private.reconcile_runs.recovered is 'Of these, calls whose result was recovered.';
comment on column private.reconcile_runs.still_open is 'Of these, calls that have not ended, or of which Vapi has not said its last word or could not be asked.';
comment on column private.reconcile_runs.gave_up is 'Of these, calls that nothing was heard of for a day, and providers that were never dialled.';
comment on column private.reconcile_runs.discovered is 'Calls that Vapi had and we had not.';
comment on column private.reconcile_runs.replayed is 'Rejected deliveries that were applied.';
comment on column private.reconcile_runs.rejected_open is 'Rejected deliveries that were open afterwards.';
comment on column private.reconcile_runs.problems is 'What went wrong, with the run or with single calls, in some words each, for example HTTP 429 or time-out.';
comment on column private.reconcile_runs.announced_problems is 'Those of them that the operator is to be told: each once a day.';
comment on column private.reconcile_runs.alert is 'What the operator is to be told; null: nothing.';
comment on column private.reconcile_runs.alerted_at is 'When that was sent; null: not yet.';

comment on column private.reconcile_runs.expiring is 'Calls and rejected deliveries that Vapi will soon have forgotten (private.expiring), where the operator is to be told: once a day.';

create index reconcile_runs_started_at_idx on private.reconcile_runs (started_at);

alter table private.reconcile_runs enable row level security;

revoke all on private.reconcile_runs from public, anon, authenticated;
grant select, insert, update, delete on private.reconcile_runs to service_role;

create function private.alert_text(run private.reconcile_runs, new_rejected jsonb) returns text
language plpgsql immutable
set search_path = ''
as $$
begin
  return nullif(concat_ws(
    e'\n',
    case when run.recovered > 0 then format('Results recovered from Vapi: %s.', run.recovered) end,
    case when run.discovered > 0 then format('Calls found at Vapi of which nothing had been saved: %s.', run.discovered) end,
    case when run.gave_up > 0 then format('Calls given up, as they were never dialled or never heard of again: %s.', run.gave_up) end,
    case when new_rejected <> '{}' then
      (
        select format('New in rejected_call_results: %s.', string_agg(format('%s %s', value, key), ', ' order by key))
        from jsonb_each_text(new_rejected)
      )
    end,
    case when run.expiring > 0 then
      format('Within two days Vapi will have forgotten calls that it is still asked about, or whose deliveries were rejected: %s.', run.expiring)
    end,
    case when run.announced_problems <> '{}' then format('Trouble: %s.', array_to_string(run.announced_problems, ', ')) end
  ), '');
end;
$$;

comment on function private.alert_text(private.reconcile_runs, jsonb) is 'What the operator is to be told of a run: counts alone, and nothing of the calls themselves. Null where there is nothing to say.';

revoke all on function private.alert_text(private.reconcile_runs, jsonb) from public, anon, authenticated;
grant execute on function private.alert_text(private.reconcile_runs, jsonb) to service_role;

create function public.finish_reconcile_run(
  started_at timestamptz,
  checked integer,
  recovered integer,
  still_open integer,
  gave_up integer,
  discovered integer,
  replayed integer,
  problems text[]
) returns integer
language plpgsql
set search_path = ''
as $$
declare
  run private.reconcile_runs;
  new_rejected jsonb;
begin
  -- Runs overlap: one after the other, so that each thing is announced by one of them. Nobody else has this lock.
  perform pg_advisory_xact_lock(hashtextextended('finish_reconcile_run', 0));

  with announced as (
    update public.rejected_call_results r
    set announced_at = now()
    where r.id in (
      select new.id
      from public.rejected_call_results new
      where new.announced_at is null and new.resolved_at is null
      -- One that somebody is just correcting is announced by the next run.
      for no key update skip locked
    )
    returning r.code
  )
  select coalesce(jsonb_object_agg(code, count), '{}') into new_rejected
  from (select code, count(*) from announced group by code) as codes;

  select coalesce(array_agg(distinct problem order by problem), '{}') into run.announced_problems
  from unnest(finish_reconcile_run.problems) as problem
  where not exists (
    select from private.reconcile_runs earlier
    where earlier.started_at > now() - interval '1 day' and problem = any (earlier.announced_problems)
  );

  run.expiring := case
    when
      exists (
        select from private.reconcile_runs earlier
        where earlier.started_at > now() - interval '1 day' and earlier.expiring > 0
      ) then 0
    else private.expiring()
  end;

  run.id := gen_random_uuid();
  run.started_at := finish_reconcile_run.started_at;
  run.finished_at := clock_timestamp();
  run.checked := finish_reconcile_run.checked;
  run.recovered := finish_reconcile_run.recovered;
  run.still_open := finish_reconcile_run.still_open;
  run.gave_up := finish_reconcile_run.gave_up;
  run.discovered := finish_reconcile_run.discovered;
  run.replayed := finish_reconcile_run.replayed;
  run.rejected_open := (select count(*) from public.rejected_call_results r where r.resolved_at is null);
  run.problems := finish_reconcile_run.problems;
  run.alert := private.alert_text(run, new_rejected);
  insert into private.reconcile_runs select run.*;

  delete from private.reconcile_runs old
  where
    old.id in (
      select forgotten.id
      from private.reconcile_runs forgotten
      where forgotten.started_at < now() - interval '30 days'
      for update skip locked
    );
  return run.rejected_open;
end;
$$;

comment on function public.finish_reconcile_run(timestamptz, integer, integer, integer, integer, integer, integer, text[]) is 'Records a run and what the operator is to be told of it, each thing once. Returns how many rejected deliveries are open.';

revoke all on function public.finish_reconcile_run(timestamptz, integer, integer, integer, integer, integer, integer, text[]) from public, anon, authenticated;
grant execute on function public.finish_reconcile_run(timestamptz, integer, integer, integer, integer, integer, integer, text[]) to service_role;

create function public.claim_alerts()
returns table (run_id uuid, alert text)
language sql
set search_path = ''
as $$
  update private.reconcile_runs r
  set alerted_at = now()
  -- What nobody could be told for an hour is in call_health.
  where
    r.id in (
      select new.id
      from private.reconcile_runs new
      where new.started_at > now() - interval '1 hour' and new.alert is not null and new.alerted_at is null
      for no key update skip locked
    )
  returning r.id, r.alert;
$$;

comment on function public.claim_alerts() is 'Hands what the operator is to be told to one caller alone.';

revoke all on function public.claim_alerts() from public, anon, authenticated;
grant execute on function public.claim_alerts() to service_role;

create function public.release_alerts(run_ids uuid[]) returns void
language sql
set search_path = ''
as $$
  update private.reconcile_runs r
  set alerted_at = null
  where r.id = any (run_ids);
$$;

comment on function public.release_alerts(uuid[]) is 'Gives back what the operator was certainly not told, for the next run to tell.';

revoke all on function public.release_alerts(uuid[]) from public, anon, authenticated;
grant execute on function public.release_alerts(uuid[]) to service_role;

create view public.call_health with (security_invoker = on) as
with waiting as (
  select
    private.stage(c.call_status) as stage,
    greatest(least(c.called_at, c.first_seen_at), c.scheduled_at) as called_at,
    c.next_check_at
  from private.calls c
  where
    c.next_check_at is not null
    -- What preceded a call that was placed is settled.
    and (
      c.call_id is not null
      or not exists (select from private.calls placed where placed.provider_id = c.provider_id and placed.call_id is not null)
    )
)
select
  w.open_calls,
  w.open_over_15_minutes,
  w.open_over_1_hour,
  w.oldest_open_since,
  w.provisional_calls,
  w.incomplete_calls,
  w.overdue_checks,
  r.rejected_open,
  r.oldest_rejected_at,
  private.expiring() as expiring,
  heard.last_saved_from_kestra,
  heard.last_saved_from_vapi_webhook,
  heard.last_saved_from_vapi_api,
  (select completed_at from private.discovery) as compared_until,
  run.finished_at as last_run_at,
  to_jsonb(run) - array['id', 'alerted_at'] as last_run,
  (
    select count(*)::integer from private.calls c
    where c.first_seen_at > now() - interval '7 days' and c.call_id is null and private.is_log_full(c.logged)
  ) as full_logs,
  (
    select count(*)::integer from unnest(enum_range(null::public.call_source)) as source
    where private.are_rejections_full(source)
  ) as full_rejections
from (
  select
    count(*) filter (where stage = 'open') as open_calls,
    count(*) filter (where stage = 'open' and called_at < now() - interval '15 minutes') as open_over_15_minutes,
    count(*) filter (where stage = 'open' and called_at < now() - interval '1 hour') as open_over_1_hour,
    min(called_at) filter (where stage = 'open') as oldest_open_since,
    count(*) filter (where stage = 'provisional') as provisional_calls,
    count(*) filter (where stage = 'final') as incomplete_calls,
    count(*) filter (where next_check_at < now() - interval '5 minutes') as overdue_checks
  from waiting
) as w
cross join (
  select
    max(kestra_reported_at) as last_saved_from_kestra,
    max(vapi_webhook_reported_at) as last_saved_from_vapi_webhook,
    max(vapi_api_reported_at) filter (where reports ? 'vapi_api') as last_saved_from_vapi_api
  from private.calls
  where first_seen_at > now() - interval '7 days'
) as heard
cross join (
  select count(*) as rejected_open, min(received_at) as oldest_rejected_at
  from public.rejected_call_results
  where resolved_at is null
) as r
left join (
  select * from private.reconcile_runs order by started_at desc limit 1
) as run on true;

comment on view public.call_health is 'One row: how the saving of results is doing. For the backend and the operator alone.';
comment on column public.call_health.open_calls is 'Calls that are queued or in progress.';
comment on column public.call_health.open_over_15_minutes is 'Of these, calls that should have ended.';
comment on column public.call_health.open_over_1_hour is 'Of these, calls that something is wrong with.';
comment on column public.call_health.oldest_open_since is 'When the oldest open call was created, or was to run.';
comment on column public.call_health.provisional_calls is 'Calls that stand at timeout or error and may still have ended well; Vapi will be asked.';
comment on column public.call_health.incomplete_calls is 'Calls that ended and are not complete: the cost, words or the analysis are missing; Vapi will be asked.';
comment on column public.call_health.overdue_checks is 'Checks that are late by five minutes or more: reconcile-calls does not run, or has more to do than it can. A call that was asked about in vain is put off, not late.';
comment on column public.call_health.rejected_open is 'Deliveries in rejected_call_results that wait to be corrected.';
comment on column public.call_health.oldest_rejected_at is 'When the oldest of them came.';
comment on column public.call_health.expiring is 'Calls that Vapi is still asked about, and open rejected deliveries of Vapi''s, that Vapi will have forgotten in two days or so.';
comment on column public.call_health.last_saved_from_kestra is 'When Kestra last had something new to say of a call of the last 7 days.';
comment on column public.call_health.last_saved_from_vapi_webhook is 'When Vapi''s webhook last had something new to say of a call of the last 7 days.';
comment on column public.call_health.last_saved_from_vapi_api is 'When reconcile-calls last recovered a result of a call of the last 7 days.';
comment on column public.call_health.compared_until is 'All that happened to calls until then was compared with Vapi''s list. Older than two hours: Vapi is away, or refuses the key.';
comment on column public.call_health.last_run_at is 'When reconcile-calls last finished a run; null: never, or not for 30 days.';
comment on column public.call_health.last_run is 'What that run did.';
comment on column public.call_health.full_logs is 'Providers of the last 7 days of whom so much was reported before there was a call that the log has enough of it: a sender repeats itself.';
comment on column public.call_health.full_rejections is 'Sources of which no more is kept in rejected_call_results today: their senders are answered 503 in place of a refusal.';

revoke all on public.call_health from public, anon, authenticated;
grant select on public.call_health to service_role;
