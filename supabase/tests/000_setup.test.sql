-- What the other files begin with. It stays in the database, in a schema of its own.
begin;
create schema if not exists tests;

create or replace function tests.two_providers() returns void
language sql
as $$
  insert into public.service_requests (id, title) values ('aaaaaaaa-0000-4000-8000-000000000000', 'A tap');
  insert into public.providers (id, request_id, name)
  values
    ('bbbbbbbb-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000000', 'First'),
    ('bbbbbbbb-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000000', 'Second');
$$;

-- Saves a report of the first provider, unless another one is named, and returns the outcome.
create or replace function tests.save(
  source public.call_source,
  status public.call_status,
  call text default null,
  at timestamptz default null,
  cost numeric default null,
  transcript text default null,
  summary text default null,
  error text default null,
  key text default null,
  provider uuid default 'bbbbbbbb-0000-4000-8000-000000000001'
) returns text
language sql
as $$
  select outcome::text
  from public.save_call_result(
    provider, 'aaaaaaaa-0000-4000-8000-000000000000', source, status, call,
    created_at => at, cost => cost, transcript => transcript, summary => summary, error => error, idempotency_key => key,
    turns => case when transcript is not null then
      jsonb_build_array(jsonb_build_object('speaker', 'AI', 'text', transcript))
    end
  );
$$;

-- The places that have to decide something about a label, and have not.
create or replace function tests.undecided() returns table (label text, undecided_in text)
language sql
as $$
  select status::text, place
  from unnest(enum_range(null::public.call_status)) as status
  cross join lateral (
    values
      ('private.report_sentence', private.report_sentence(jsonb_build_object('call_status', status)) is not null),
      ('private.log_status', private.log_status(status) is not null),
      ('private.is_own_call_status', private.is_own_call_status(status::text))
  ) as decision (place, is_decided)
  where not is_decided
  union all
  select source::text, place
  from unnest(enum_range(null::public.call_source)) as source
  cross join lateral (
    values
      (
        'private.call_report',
        private.call_report(jsonb_build_object(source, jsonb_build_object('call_status', 'queued'))) is not null
      ),
      (
        'private.calls, private.add_report',
        exists (
          select from pg_attribute a
          where a.attrelid = 'private.calls'::regclass and a.attname = source || '_reported_at'
        )
      )
  ) as decision (place, is_decided)
  where not is_decided
  union all
  select status::text, 'private.update_request_status'
  from unnest(enum_range(null::public.request_status)) as status
  where
    private.update_request_status(row(null, null, null, null, null, status)::private.locked_provider, 'queued') <> 'calling';
$$;

commit;

begin;
set local search_path = public, extensions;
select plan(1);
select has_function('tests'::name, 'save'::name, 'the other files find what they begin with');
select * from finish();
rollback;
