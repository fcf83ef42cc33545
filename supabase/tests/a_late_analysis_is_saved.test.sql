begin;
set local search_path = public, extensions;
select plan(5);

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

select * from finish();
rollback;
