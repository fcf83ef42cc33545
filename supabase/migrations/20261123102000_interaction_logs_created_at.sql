-- "Of today", whichever request: a few pages, as rows lie in the order in which they came.
create index interaction_logs_created_at_idx on public.interaction_logs using brin (created_at) with (autosummarize = on);
