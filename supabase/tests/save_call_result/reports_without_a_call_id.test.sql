begin;
set local search_path = public, extensions;
select plan(15);

select tests.two_providers();

select is(tests.save('kestra', 'queued'), 'applied', 'an announcement moves a provider that was never tried');
select is(tests.save('kestra', 'queued'), 'duplicate', 'the same content is the same report');
select is(tests.save('kestra', 'queued', key => 'run-2'), 'superseded', 'another key is another report, which is logged');
select is(tests.save('kestra', 'queued', key => 'run-2'), 'duplicate', 'once');
select is(tests.save('kestra', 'error', error => 'refused'), 'applied', 'an error moves a provider that is queued without a call');
select is(tests.save('kestra', 'queued', key => 'run-3'), 'superseded', 'an error is not taken back by an announcement');
select is((select call_error from providers where name = 'First'), 'refused', 'but stands');
select is(tests.save('kestra', 'queued', 'call-1'), 'applied', 'any call is newer than what had none');
select is(tests.save('kestra', 'error', error => 'lost'), 'superseded', 'with a call, an error without an id is logged only');
select is(
  (select row(call_id, call_status, call_error)::text from providers where name = 'First'), row('call-1', 'queued', null)::text,
  'and the row stays the call''s'
);
select is(tests.save('kestra', 'error', error => 'refused', provider => 'bbbbbbbb-0000-4000-8000-000000000002'), 'applied', 'an error moves a provider that was never tried');
select is(
  tests.save('kestra', 'error', error => 'refused again', summary => 'more', provider => 'bbbbbbbb-0000-4000-8000-000000000002'),
  'superseded', 'a second one is logged only'
);
select is(
  (select row(call_error, call_summary)::text from providers where name = 'Second'), row('refused', null)::text,
  'and adds nothing to the row'
);
select throws_ok(
  $$ select tests.save('kestra', 'timeout') $$, 'PT422', 'a report of status timeout needs a call id',
  'only queued and error may lack a call id'
);
select is((select count(*) from interaction_logs where call_status = 'queued' and call_id is null), 3::bigint, 'one log row for each report');

select * from finish();
rollback;
