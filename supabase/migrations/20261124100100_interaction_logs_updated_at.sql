-- A late analysis completes a log row: who reads rows from several places has to know the newer one.
alter table public.interaction_logs add column updated_at timestamptz not null default now();
alter table public.interaction_logs alter column updated_at set default clock_timestamp();

comment on column public.interaction_logs.updated_at is 'Moves only when something changed.';

create trigger touch_updated_at before update on public.interaction_logs
for each row when (old.* is distinct from new.*)
execute function private.touch_updated_at();
