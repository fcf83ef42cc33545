alter table public.rejected_call_results
add column next_attempt_at timestamptz not null default now() + interval '2 minutes',
add column announced_at timestamptz;

comment on column public.rejected_call_results.next_attempt_at is 'When it is tried again, while it is open. A changed payload is tried in the next run; set it to now() after mending the row that it names.';
comment on column public.rejected_call_results.announced_at is 'When the operator was told of it; null: not yet.';

create index rejected_call_results_due_idx
on public.rejected_call_results (next_attempt_at) where resolved_at is null;

create index rejected_call_results_unannounced_idx
on public.rejected_call_results (id) where announced_at is null and resolved_at is null;

-- The calls that were found at Vapi and could not be applied.
create index rejected_call_results_call_id_idx
on public.rejected_call_results ((payload ->> 'callId')) where source = 'vapi_api';
