begin;
set local search_path = public, extensions;
select plan(13);

select tests.two_providers();

-- As an application writes it that knows nothing of us.
update providers
set
  call_status = 'completed', call_id = 'theirs', call_method = 'direct_vapi', call_transcript = 'AI: Hello', call_cost = 0.3,
  call_result = '{"available": true}', called_at = '2026-11-22T10:00Z'
where name = 'First';
insert into interaction_logs (request_id, provider_id, step_name, status, detail, call_id, call_status, source)
select request_id, id, 'Call to First', 'success', 'Their words.', 'theirs', 'completed', 'kestra' from providers where name = 'First';

select is(tests.save('kestra', 'queued', 'theirs'), 'superseded', 'an earlier status that comes late takes nothing back');
select is(
  (select row(call_status, call_transcript, call_cost, call_result)::text from providers where name = 'First'),
  row('completed', 'AI: Hello', 0.3, '{"available": true}'::jsonb)::text, 'of what the row says'
);
select is(tests.save('vapi_webhook', 'completed', 'theirs', cost => 0.31, summary => 'Late.'), 'enriched', 'a late report adds');
select is(
  (select row(call_summary, call_cost, call_transcript)::text from providers where name = 'First'),
  row('Late.', 0.31, 'AI: Hello')::text, 'and Vapi''s word stands over theirs'
);
select is(
  (select array_agg(detail order by detail) from interaction_logs where call_id = 'theirs' and call_status = 'completed'),
  array['Late.'], 'the log row of that call and status is still one'
);

select is(tests.save('kestra', 'completed', 'older', '2026-11-22T09:00Z'), 'superseded', 'a call of ours that is older is logged only');
select is(tests.save('kestra', 'queued', 'newer', '2026-11-22T11:00Z'), 'applied', 'a newer one takes the row');
select is((select call_transcript from providers where name = 'First'), null, 'with nothing left of theirs');
select is(
  (select transcript from private.calls where call_id = 'theirs'), 'AI: Hello', 'which is remembered'
);

update providers set call_status = 'error', call_error = 'No route.', call_method = 'kestra' where name = 'Second';
select is(
  tests.save('kestra', 'queued', provider => 'bbbbbbbb-0000-4000-8000-000000000002'), 'superseded',
  'so is what they wrote before there was a call'
);
select is((select call_error from providers where name = 'Second'), 'No route.', 'and nothing of it is lost');

update providers set call_status = 'completed', call_id = 'theirs', call_error = null where name = 'Second';
select is(
  tests.save('kestra', 'queued', 'own', provider => 'bbbbbbbb-0000-4000-8000-000000000002'), 'applied',
  'a call that the row shows and that is another provider''s keeps nobody from being saved'
);
select is((select provider_id from private.calls where call_id = 'theirs'), 'bbbbbbbb-0000-4000-8000-000000000001', 'and stays that provider''s');

select * from finish();
rollback;
