begin;
set local search_path = public, extensions;
select plan(16);

select tests.two_providers();

select is(tests.save('kestra', 'completed', 'call-1', '2026-11-22T10:00Z', cost => 0.1), 'applied', 'the first call');
select is(tests.save('kestra', 'queued', 'call-2', '2026-11-22T11:00Z'), 'applied', 'a redial takes the row over');
select is(
  (select row(call_id, call_status, call_cost)::text from providers where name = 'First'),
  row('call-2', 'queued', null)::text, 'with nothing left of the older call'
);
select is(tests.save('vapi_webhook', 'completed', 'call-1', '2026-11-22T10:00Z', summary => 'late'), 'superseded', 'a late word on the older call does not');
select is((select call_id from providers where name = 'First'), 'call-2', 'show in the row');
select is((select detail from interaction_logs where call_id = 'call-1'), 'late', 'but completes its log row');
select is(tests.save('kestra', 'completed', 'call-0', '2026-11-22T09:00Z'), 'superseded', 'an older call that is heard of later is logged only');

select is(tests.save('kestra', 'queued', 'call-3'), 'applied', 'a call of unknown age counts as new as its first report');
select is(tests.save('vapi_webhook', 'in_progress', 'call-3', '2026-11-22T08:00Z'), 'superseded', 'until its age is known');
select is(
  (select row(call_id, call_status)::text from providers where name = 'First'),
  row('call-2', 'queued')::text, 'then the row is the newest call''s again'
);

select is(
  private.called_at('019aab01-9900-7000-8000-000000000000', '{}'), '2025-11-22T10:00Z',
  'Vapi''s ids say when a call was created'
);
select is(
  private.called_at('ffffffff-ffff-7000-8000-000000000000', '{}'), null, 'an id of another age says nothing'
);
select is(
  private.called_at('01ffffff-ffff-7000-8000-000000000000', '{"started_at": "2026-11-22T10:00Z"}'), '2026-11-22T10:00Z',
  'nor does one of the future'
);
select tests.save('kestra', 'completed', 'new-call', '2026-11-22T10:07Z', provider => 'bbbbbbbb-0000-4000-8000-000000000002');
select is(
  tests.save('kestra', 'timeout', '019aab01-9900-7000-8000-000000000000', provider => 'bbbbbbbb-0000-4000-8000-000000000002'),
  'superseded', 'so that an older call''s late report without createdAt does not take the row'
);
select tests.save('kestra', 'completed', 'twin-b', '2026-11-22T10:09Z', provider => 'bbbbbbbb-0000-4000-8000-000000000002');
select is(
  tests.save('kestra', 'completed', 'twin-a', '2026-11-22T10:09Z', provider => 'bbbbbbbb-0000-4000-8000-000000000002'),
  'superseded', 'of two calls of the same age'
);
select is(
  tests.save('kestra', 'completed', 'twin-c', '2026-11-22T10:09Z', provider => 'bbbbbbbb-0000-4000-8000-000000000002'),
  'applied', 'the id decides, whichever came first'
);

select * from finish();
rollback;
