begin;
set local search_path = public, extensions;
select plan(14);

select tests.two_providers();

select is(tests.save('kestra', 'completed', 'call-1', cost => 0.1, transcript => 'from Kestra', summary => 'from Kestra'), 'applied', 'Kestra''s final comes first');
select is(tests.save('vapi_webhook', 'voicemail', 'call-1', cost => 0.2), 'enriched', 'Vapi''s final changes it');
select is(
  (select row(call_status, call_cost, call_transcript)::text from providers where name = 'First'),
  row('voicemail', 0.2, 'from Kestra')::text,
  'Vapi''s status and values stand, its nulls replace nothing'
);

select is(tests.save('vapi_webhook', 'voicemail', 'call-2', cost => 0.2, provider => 'bbbbbbbb-0000-4000-8000-000000000002'), 'applied', 'Vapi''s final comes first');
select is(
  tests.save('kestra', 'completed', 'call-2', cost => 0.1, transcript => 'from Kestra', summary => 'from Kestra', provider => 'bbbbbbbb-0000-4000-8000-000000000002'),
  'enriched', 'Kestra''s final fills what is missing'
);
select is(
  (select row(call_status, call_cost, call_transcript, call_summary)::text from providers where name = 'Second'),
  (select row(call_status, call_cost, call_transcript, call_summary)::text from providers where name = 'First'),
  'the row is the same whichever came first'
);
select is(tests.save('kestra', 'completed', 'call-2', cost => 0.1, transcript => 'from Kestra', summary => 'from Kestra', provider => 'bbbbbbbb-0000-4000-8000-000000000002'), 'duplicate', 'and again it changes nothing');
select is(
  (select array_agg(call_status order by call_status) from interaction_logs where call_id = 'call-2'),
  '{completed,voicemail}'::call_status[], 'both statuses are logged'
);

select is(tests.save('vapi_api', 'voicemail', 'call-1', cost => 0.3), 'enriched', 'what Vapi''s API says stands over its webhook');
select is(tests.save('vapi_webhook', 'voicemail', 'call-1', cost => 0.4), 'duplicate', 'also when the webhook comes last');
select is((select call_cost from providers where name = 'First'), 0.3, 'so the order does not matter');
select is(
  tests.save('vapi_webhook', 'busy', 'call-1'), 'superseded',
  'a status that does not stand is logged all the same'
);

select is(tests.save('kestra', 'completed', 'call-2', cost => 0.7, error => 'late', provider => 'bbbbbbbb-0000-4000-8000-000000000002'), 'enriched', 'what Kestra adds later');
select is(
  (select row(call_cost, call_error)::text from providers where name = 'Second'), row(0.2, 'late')::text,
  'fills what is null and replaces nothing'
);

select * from finish();
rollback;
