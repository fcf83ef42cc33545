begin;
set local search_path = public, extensions;
select plan(7);

select tests.two_providers();

select isnt(reject_call_result('kestra', 'invalid_payload', '[]', '{"a": 1}'), null, 'a delivery is kept');
select is(
  reject_call_result('kestra', 'unknown_provider', '[{"path": "", "message": "gone"}]', '{"a": 1}'),
  (select id from rejected_call_results), 'the same delivery is the same row'
);
select is(
  (select row(attempts, code, issues)::text from rejected_call_results),
  row(2, 'unknown_provider', '[{"path": "", "message": "gone"}]'::jsonb)::text, 'with its attempts counted and the newest reason'
);
update rejected_call_results set payload = '{"a": 2}', resolved_at = now(), resolution = 'applied';
select is(
  reject_call_result('kestra', 'invalid_payload', '[]', '{"a": 1}'), (select id from rejected_call_results),
  'it finds its row after the payload was corrected'
);
select is((select resolved_at from rejected_call_results), null, 'and opens it again');
select isnt(reject_call_result('kestra', 'invalid_payload', '[]', null), null, 'JSON''s null is kept');
select isnt(
  reject_call_result('vapi_webhook', 'invalid_payload', '[]', '{"a": 1}'),
  reject_call_result('kestra', 'invalid_payload', '[]', '{"a": 1}'), 'another source is another delivery'
);

select * from finish();
rollback;
