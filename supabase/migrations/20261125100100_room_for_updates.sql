-- A call's row is written three times: with room on its page, a new version needs no new entries in the indexes.
-- Holds for pages filled from now on.
alter table public.providers set (fillfactor = 70);
alter table private.calls set (fillfactor = 70);
