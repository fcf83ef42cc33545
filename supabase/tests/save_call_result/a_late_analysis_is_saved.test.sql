begin;
set local search_path = public, extensions;
select plan(10);

select tests.two_providers();

select tests.save('vapi_webhook', 'completed', 'call-1', transcript => 'Hello');
select is((select detail from interaction_logs), 'The conversation took place.', 'a call without an analysis has a plain sentence');
select is(tests.save('vapi_webhook', 'completed', 'call-1', summary => 'Free on Friday.'), 'enriched', 'the analysis comes later');
select is((select row(call_summary, call_transcript)::text from providers where name = 'First'), row('Free on Friday.', 'Hello')::text, 'and is saved beside the rest');
select results_eq(
  $$ select detail, transcript from interaction_logs $$,
  $$ values ('Free on Friday.', '[{"speaker": "AI", "text": "Hello"}]'::jsonb) $$,
  'and completes the log row'
);
select is(tests.save('vapi_webhook', 'completed', 'call-1', summary => 'Free on Friday.'), 'duplicate', 'once');

select is(
  tests.save('vapi_api', 'completed', 'call-1', transcript => 'Hello again'), 'enriched', 'the API''s turns stand over the webhook''s'
);
select is(tests.save('vapi_webhook', 'completed', 'call-1', transcript => 'Hello'), 'duplicate', 'also when the webhook repeats itself');
select is((select transcript -> 0 ->> 'text' from interaction_logs), 'Hello again', 'in the log row, too');

select tests.save('kestra', 'failed', 'call-2', provider => 'bbbbbbbb-0000-4000-8000-000000000002');
select is((select detail from interaction_logs where call_id = 'call-2'), 'The call failed.', 'a plain sentence');
select tests.save('vapi_webhook', 'failed', 'call-2', error => 'No route', provider => 'bbbbbbbb-0000-4000-8000-000000000002');
select is((select detail from interaction_logs where call_id = 'call-2'), 'No route', 'says more once more is known');

select * from finish();
rollback;
