begin;
set local search_path = public, extensions;
select plan(2);
select tests.two_providers();

insert into providers (id, request_id, name, updated_at)
values ('bbbbbbbb-0000-4000-8000-000000000003', 'aaaaaaaa-0000-4000-8000-000000000000', 'Ahead', now() + interval '1 hour');
select tests.save('kestra', 'queued', 'a call', provider => 'bbbbbbbb-0000-4000-8000-000000000003');
select cmp_ok(
  (select updated_at from providers where name = 'Ahead'), '>', now() + interval '1 hour',
  'a row that a fast clock dated is dated later still when it changes'
);
select cmp_ok(
  (select updated_at from service_requests where id = 'aaaaaaaa-0000-4000-8000-000000000000'), '<=', clock_timestamp(),
  'every other is dated now'
);

select * from finish();
rollback;
