begin;
set local search_path = public, extensions;
select plan(16);
select tests.two_providers();

create function pg_temp.next_check(call text) returns interval
language sql
as $$
  select date_trunc('minute', next_check_at - now() + interval '30 seconds') from private.calls where call_id = call;
$$;

select tests.save('kestra', 'queued', 'open', now());
select is(pg_temp.next_check('open'), interval '13 minutes', 'an open call is due when it should have ended');
select tests.save('kestra', 'in_progress', 'older', now() - interval '5 minutes');
select is(pg_temp.next_check('older'), interval '8 minutes', 'counted from its creation');
select tests.save('kestra', 'queued', 'heard of late', now() - interval '1 day');
select is(pg_temp.next_check('heard of late'), interval '2 minutes', 'one that is heard of late, soon');
select tests.save('kestra', 'queued', 'of a wrong clock', now() + interval '1 year');
select is(pg_temp.next_check('of a wrong clock'), interval '13 minutes', 'a wrong clock puts nothing off');

select tests.save('kestra', 'timeout', 'open');
select is(pg_temp.next_check('open'), interval '2 minutes', 'a provisional ending is due soon');
select tests.save('kestra', 'completed', 'open');
select is(pg_temp.next_check('open'), interval '5 minutes', 'an ending that is not complete, when the rest should be there');
select tests.save('kestra', 'completed', 'open', transcript => 'AI: Hello.');
select is(pg_temp.next_check('open'), interval '5 minutes', 'one without its cost, too');
select tests.save('vapi_webhook', 'completed', 'open', cost => 0.2);
select is(pg_temp.next_check('open'), null, 'one of which all is known, not at all');

select tests.save('kestra', 'completed', 'the last word');
select tests.save('vapi_api', 'completed', 'the last word');
select is(pg_temp.next_check('the last word'), null, 'nor one of which Vapi''s API has no more to say');
select tests.save('kestra', 'voicemail', 'a voicemail');
select is(pg_temp.next_check('a voicemail'), interval '5 minutes', 'an ending that takes no words has a cost');

select tests.save('vapi_api', 'queued', 'found');
select is(pg_temp.next_check('found'), interval '13 minutes', 'an open call that was found at Vapi, as any other');

select is_empty('select * from claim_due_call()', 'nothing is due before its time');
update private.calls set next_check_at = now() - interval '1 minute' where call_id in ('found', 'of a wrong clock');
select results_eq(
  $$ select call_id, call_status::text, is_dialled from claim_due_call()
     union all select call_id, call_status::text, is_dialled from claim_due_call()
     union all select call_id, call_status::text, is_dialled from claim_due_call()
     order by 1 $$,
  $$ values ('found'::text, 'queued'::text, true), ('of a wrong clock', 'queued', true) $$,
  'each due call is handed out once'
);
select is(pg_temp.next_check('found'), interval '2 minutes', 'and then again after a while');
update private.calls set next_check_at = now(), checks = 40 where call_id = 'found';
select claim_due_call();
select is(pg_temp.next_check('found'), interval '1 hour', 'which grows to an hour at most');
select tests.save('vapi_webhook', 'in_progress', 'found');
select is((select checks from private.calls where call_id = 'found'), 0, 'news make it begin anew');

select * from finish();
rollback;
