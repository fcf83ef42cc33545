begin;
set local search_path = public, extensions;
select plan(8);

select tests.two_providers();

create function pg_temp.request() returns text language sql as $$ select status::text from service_requests where title = 'A tap' $$;

select is(pg_temp.request(), 'pending', 'nobody was called yet');
select tests.save('kestra', 'queued', 'call-1');
select is(pg_temp.request(), 'calling', 'one provider is open, and one that was never tried does not count');
select tests.save('kestra', 'voicemail', 'call-1');
select is(pg_temp.request(), 'failed', 'none is open and no conversation took place');
select tests.save('kestra', 'in_progress', 'call-2', provider => 'bbbbbbbb-0000-4000-8000-000000000002');
select is(pg_temp.request(), 'calling', 'one is open again');
select tests.save('kestra', 'timeout', 'call-2', provider => 'bbbbbbbb-0000-4000-8000-000000000002');
select is(pg_temp.request(), 'failed', 'a provisional status is not open');
select tests.save('kestra', 'completed', 'call-2', provider => 'bbbbbbbb-0000-4000-8000-000000000002');
select is(pg_temp.request(), 'completed', 'one conversation is enough');

select tests.save('kestra', 'queued', 'call-3', provider => 'bbbbbbbb-0000-4000-8000-000000000002');
select is(pg_temp.request(), 'calling', 'a redial opens the request again');

create temp table before as select ctid as version from service_requests;
select tests.save('vapi_webhook', 'queued', 'call-3', cost => 0.1, provider => 'bbbbbbbb-0000-4000-8000-000000000002');
select is((select ctid from service_requests), (select version from before), 'the request is not written where its status stays');

select * from finish();
rollback;
