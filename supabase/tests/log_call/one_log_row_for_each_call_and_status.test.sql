begin;
set local search_path = public, extensions;
select plan(6);

select tests.two_providers();

select tests.save('kestra', 'queued', 'call-1');
select tests.save('kestra', 'in_progress', 'call-1');
select tests.save('vapi_webhook', 'in_progress', 'call-1');
select tests.save('kestra', 'completed', 'call-1', summary => 'Free on Friday.', transcript => 'Hello');
select tests.save('vapi_webhook', 'completed', 'call-1');
select tests.save('kestra', 'failed', 'call-2', error => 'No route', provider => 'bbbbbbbb-0000-4000-8000-000000000002');

select results_eq(
  $$ select call_status, status, detail from interaction_logs where call_id = 'call-1' order by created_at $$,
  $$ values
    ('queued'::call_status, 'info'::log_status, 'The call is waiting to be answered.'),
    ('in_progress', 'info', 'The call was answered.'),
    ('completed', 'success', 'Free on Friday.') $$,
  'one row for each status, with the summary or one plain sentence'
);
select is((select distinct step_name from interaction_logs where call_id = 'call-1'), 'Call to First', 'the step names the provider');
select is(
  (select transcript from interaction_logs where call_id = 'call-1' and call_status = 'completed'),
  '[{"speaker": "AI", "text": "Hello"}]', 'the conversation is kept in turns'
);
select is(
  (select source from interaction_logs where call_id = 'call-1' and call_status = 'completed'), 'kestra',
  'the source is who reported it first'
);
select is((select row(status, detail)::text from interaction_logs where call_id = 'call-2'), row('error', 'No route')::text, 'a failure is an error');
select results_eq(
  $$ select s, private.log_status(s) from unnest(enum_range(null::call_status)) s $$,
  $$ values
    ('queued'::call_status, 'info'::log_status), ('in_progress', 'info'), ('timeout', 'warning'), ('error', 'error'),
    ('completed', 'success'), ('no_answer', 'warning'), ('voicemail', 'warning'), ('busy', 'warning'),
    ('canceled', 'warning'), ('failed', 'error') $$,
  'every call status has its log status'
);

select * from finish();
rollback;
