begin;
set local search_path = public, extensions;
select plan(12);

select tests.two_providers();

select is(tests.save('kestra', 'queued', 'call-1', '2026-11-22T10:00Z'), 'applied', 'queued moves a provider that was never tried');
select is(tests.save('kestra', 'timeout', 'call-1', cost => 0.1), 'applied', 'timeout is further than queued');
select is(tests.save('kestra', 'in_progress', 'call-1'), 'superseded', 'in_progress comes too late after timeout');
select is((select call_status from providers where name = 'First'), 'timeout', 'and is not applied');
select is(
  (select count(*) from interaction_logs where call_id = 'call-1' and call_status = 'in_progress'), 1::bigint,
  'but it is logged'
);
select is(tests.save('kestra', 'error', 'call-1', error => 'lost sight'), 'applied', 'error is further than timeout');
select is(
  (select row(call_cost, call_error, call_id, called_at)::text from providers where name = 'First'),
  row(null, 'lost sight', 'call-1', '2026-11-22T10:00Z'::timestamptz)::text,
  'when rank rises, absent fields become null and the call keeps its identity'
);
select is(tests.save('kestra', 'completed', 'call-1'), 'applied', 'a provisional call may still end well');
select is(tests.save('kestra', 'error', 'call-1', error => 'lost sight'), 'duplicate', 'and does not fall back');

select is(tests.save('kestra', 'completed', 'call-1', cost => 0.5), 'enriched', 'at the same rank what is missing is filled');
select is(tests.save('kestra', 'completed', 'call-1', cost => 0.9), 'duplicate', 'and Kestra''s second word');
select is((select call_cost from providers where name = 'First'), 0.5, 'replaces nothing');

select * from finish();
rollback;
