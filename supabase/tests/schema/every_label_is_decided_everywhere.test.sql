-- Whoever adds a label to a type is told here each place that has to decide something about it.
begin;
set local search_path = public, extensions;
select plan(1);

select is_empty('select * from tests.undecided()', 'every status and every source is known wherever one is told from another');

select * from finish();
rollback;
