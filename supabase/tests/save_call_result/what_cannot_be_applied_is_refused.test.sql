begin;
set local search_path = public, extensions;
select plan(7);

select tests.two_providers();

select tests.save('kestra', 'queued', 'call-1');
insert into service_requests (id) values ('aaaaaaaa-0000-4000-8000-000000000009');

select throws_ok(
  $$ select tests.save('kestra', 'queued', 'call-9', provider => 'bbbbbbbb-0000-4000-8000-000000000009') $$,
  'PT404', 'there is no provider bbbbbbbb-0000-4000-8000-000000000009', 'an unknown provider'
);
select throws_ok(
  $$ select save_call_result('bbbbbbbb-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000009', 'kestra', 'queued') $$,
  'PT409', 'provider bbbbbbbb-0000-4000-8000-000000000001 belongs to another request', 'a provider of another request'
);
select throws_ok(
  $$ select save_call_result('bbbbbbbb-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-00000000000f', 'kestra', 'queued') $$,
  'PT409', 'provider bbbbbbbb-0000-4000-8000-000000000001 belongs to another request', 'a request that is not there'
);
select throws_ok(
  $$ select tests.save('vapi_webhook', 'completed', 'call-1', provider => 'bbbbbbbb-0000-4000-8000-000000000002') $$,
  'PT409', 'the call belongs to another provider', 'a call of another provider'
);
select is((select call_status from providers where name = 'Second'), null, 'nothing of it is written');
select throws_ok(
  $$ update providers set call_status = null where name = 'First' $$, '23514', null,
  'a provider that was never tried has no call columns'
);
select throws_ok(
  $$ update providers set call_id = null, call_status = 'completed' where name = 'First' $$, '23514', null,
  'a call that got further than queued has an id'
);

select * from finish();
rollback;
