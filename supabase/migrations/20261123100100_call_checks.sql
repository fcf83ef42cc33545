alter table private.calls
add column next_check_at timestamptz,
add column checks integer not null default 0;

comment on column private.calls.next_check_at is 'When Vapi is to be asked about the call, should nothing more be heard of it; null where there is nothing to ask. Set it to now() to have the call asked about in the next run.';
comment on column private.calls.checks is 'How often Vapi was asked since the last news.';

-- Holds the calls that wait for something, and none of those that have ended.
create index calls_due_idx on private.calls (next_check_at) where next_check_at is not null;
