-- An ending that rests on less gives way, whichever source and order; so do words in which the other side is not heard.
begin;
set local search_path = public, extensions;
select plan(14);
select tests.two_providers();

-- An ending of the first provider's, and what it rests on; the words are the assistant's, unless somebody is heard.
create function pg_temp.ending(
  source call_source, status call_status, evidence ending_evidence, call text,
  words text default null, cost numeric default null, summary text default null
) returns text
language sql
as $$
  select outcome::text
  from save_call_result(
    'bbbbbbbb-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000000', source, status, call,
    evidence => evidence, cost => cost, summary => summary, transcript => words,
    turns => case when words is not null then jsonb_build_array(jsonb_build_object('speaker', 'x', 'text', words)) end,
    is_heard => evidence = 'heard'
  );
$$;

create function pg_temp.shown() returns text
language sql
as $$ select concat_ws(' ', call_status, call_transcript, call_cost, call_summary) from providers where name = 'First' $$;

select is(pg_temp.ending('kestra', 'completed', 'heard', 'call-1', 'yes', 0.1), 'applied', 'a conversation was heard');
select is(pg_temp.ending('vapi_webhook', 'no_answer', 'unheard', 'call-1', 'hello?', 0.2), 'enriched', 'Vapi''s report without it adds what it knows');
select is(pg_temp.shown(), 'completed yes 0.2', 'but neither its ending nor its words stand');
select is(pg_temp.ending('vapi_api', 'completed', 'wordless', 'call-1', null, 0.3, 'Friday.'), 'enriched', 'nor are words needed to add an analysis');
select is(pg_temp.shown(), 'completed yes 0.3 Friday.', 'value by value, the API''s stands');
select is(pg_temp.ending('vapi_webhook', 'no_answer', 'unheard', 'call-1', 'hello?', 0.2), 'duplicate', 'the same again changes nothing');
select is((select status::text from service_requests), 'completed', 'the request follows what stands');
select is(
  (select string_agg(concat_ws(': ', call_status, detail), ', ' order by call_status) from interaction_logs where call_id = 'call-1'),
  'completed: Friday., no_answer: Nobody answered.',
  'each ending that was reported is in the log, once'
);

-- The other order, by one source.
select is(pg_temp.ending('vapi_webhook', 'no_answer', 'unanswered', 'call-2', null, 0.1), 'applied', 'nothing is known of a newer call');
select is(pg_temp.ending('vapi_webhook', 'completed', 'wordless', 'call-2', null, null, 'Monday.'), 'enriched', 'it was answered');
select is(pg_temp.ending('vapi_webhook', 'no_answer', 'unheard', 'call-2', 'hello?'), 'enriched', 'the assistant spoke alone');
select is(pg_temp.shown(), 'no_answer hello? 0.1 Monday.', 'each knows more than the one before');
select is(pg_temp.ending('kestra', 'busy', 'stated', 'call-2'), 'enriched', 'a reason that states it stands over them, whoever says it');
select is(pg_temp.shown(), 'busy hello? 0.1 Monday.', 'and the rest stays');

select * from finish();
rollback;
