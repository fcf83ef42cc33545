begin;
set local search_path = public, extensions;
select plan(8);

select tests.two_providers();

select tests.save('kestra', 'queued', 'call-1', '2026-11-22T10:00Z');
select tests.save('kestra', 'completed', 'call-1', '2026-11-22T10:00Z', cost => 0.1, transcript => 'Hello', summary => 'Free.');
create temp table before as
select
  (select jsonb_agg(to_jsonb(p) || jsonb_build_object('ctid', p.ctid) order by id) from providers p) as providers,
  (select jsonb_agg(to_jsonb(r) || jsonb_build_object('ctid', r.ctid)) from service_requests r) as requests,
  (select jsonb_agg(to_jsonb(l) || jsonb_build_object('ctid', l.ctid) order by id) from interaction_logs l) as logs,
  (select jsonb_agg(to_jsonb(c) || jsonb_build_object('ctid', c.ctid)) from private.calls c) as calls;

select is(tests.save('kestra', 'completed', 'call-1', '2026-11-22T10:00Z', cost => 0.1, transcript => 'Hello', summary => 'Free.'), 'duplicate', 'the last report again');
select is(tests.save('kestra', 'queued', 'call-1', '2026-11-22T10:00Z'), 'duplicate', 'an earlier report again');
select is(tests.save('kestra', 'completed', 'call-1', '2026-11-22T10:00Z', cost => 0.10, transcript => 'Hello', summary => 'Free.'), 'duplicate', 'the same number written otherwise');
select results_eq(
  $$ select
    (select jsonb_agg(to_jsonb(p) || jsonb_build_object('ctid', p.ctid) order by id) from providers p) as providers,
    (select jsonb_agg(to_jsonb(r) || jsonb_build_object('ctid', r.ctid)) from service_requests r) as requests,
    (select jsonb_agg(to_jsonb(l) || jsonb_build_object('ctid', l.ctid) order by id) from interaction_logs l) as logs,
    (select jsonb_agg(to_jsonb(c) || jsonb_build_object('ctid', c.ctid)) from private.calls c) as calls $$,
  $$ select * from before $$,
  'no row was written, not even with the same values'
);

set local timezone = 'Asia/Tokyo';
select is(tests.save('kestra', 'queued', 'call-1', '2026-11-22T10:00Z'), 'duplicate', 'in a session of another zone');
select is((select reports -> 'kestra' ->> 'called_at' from private.calls), '2026-11-22T10:00:00+00:00', 'in which nothing is written otherwise');

update providers set updated_at = '2026-01-01T00:00Z', created_at = '2026-01-01T00:00Z' where name = 'Second';
update providers set name = 'Second' where name = 'Second';
select is((select updated_at from providers where name = 'Second') > now() - interval '1 hour', true, 'a change moves updated_at');
create temp table moved as select updated_at from providers where name = 'Second';
update providers set name = 'Second' where name = 'Second';
select is((select updated_at from providers where name = 'Second'), (select updated_at from moved), 'an update without a change does not');

select * from finish();
rollback;
