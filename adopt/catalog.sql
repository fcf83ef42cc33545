-- Everything that a schema of the application's consists of: kind, the relation that it hangs on, its name, and all that
-- could be changed of it.
with ours as (
  select n.oid, n.nspname
  from pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'supabase_migrations')
),
relations as (
  select c.*, format('%I.%I', n.nspname, c.relname) as name from pg_class c join ours n on n.oid = c.relnamespace
)
select 'schema' as kind, null as relation, nspname::text as name,
  concat_ws(' | ', n.nspowner::regrole, (
    -- But for service_role's use of a schema: a schema "private" that is theirs needs it for what is put beside.
    select array_agg(acl::text order by acl::text)::text
    from unnest(coalesce(n.nspacl, acldefault('n', n.nspowner))) acl
    where acl::text !~ '^service_role=U/'
  ), obj_description(n.oid, 'pg_namespace')) as definition
from pg_namespace n join ours using (oid, nspname)
union all
select
  case c.relkind when 'v' then 'view' when 'm' then 'view' when 'S' then 'sequence' else 'table' end, null, c.name,
  concat_ws(' | ', c.relowner::regrole, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relpersistence,
    c.reloptions::text, obj_description(c.oid, 'pg_class'), case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end)
from relations c
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
union all
select 'column', c.name, a.attname,
  concat_ws(' | ', format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity,
    a.attgenerated, a.attacl::text, a.attstorage, a.attcompression, a.attcollation::regcollation,
    col_description(c.oid, a.attnum))
from relations c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relkind in ('r', 'p', 'f')
union all
select 'constraint', c.name, k.conname,
  concat_ws(' | ', pg_get_constraintdef(k.oid), k.convalidated, obj_description(k.oid, 'pg_constraint'))
from pg_constraint k join relations c on c.oid = k.conrelid
union all
select 'index', c.name, i.indexrelid::regclass::text,
  concat_ws(' | ', pg_get_indexdef(i.indexrelid), i.indisvalid, obj_description(i.indexrelid, 'pg_class'))
from pg_index i join relations c on c.oid = i.indrelid
union all
select 'trigger', c.name, t.tgname, concat_ws(' | ', pg_get_triggerdef(t.oid), t.tgenabled, obj_description(t.oid, 'pg_trigger'))
from pg_trigger t join relations c on c.oid = t.tgrelid
where not t.tgisinternal
union all
select 'policy', c.name, p.polname,
  concat_ws(' | ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text, pg_get_expr(p.polqual, p.polrelid),
    pg_get_expr(p.polwithcheck, p.polrelid), obj_description(p.oid, 'pg_policy'))
from pg_policy p join relations c on c.oid = p.polrelid
union all
select 'rule', c.name, r.rulename, pg_get_ruledef(r.oid)
from pg_rewrite r join relations c on c.oid = r.ev_class
where c.relkind in ('r', 'p')
union all
select 'function', null, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
  concat_ws(' | ', p.proowner::regrole, p.proacl::text, case when p.prokind in ('f', 'p') then pg_get_functiondef(p.oid) end,
    obj_description(p.oid, 'pg_proc'))
from pg_proc p join ours n on n.oid = p.pronamespace
union all
select 'type', null, format('%I.%I', n.nspname, t.typname),
  concat_ws(' | ', t.typowner::regrole, t.typacl::text, t.typbasetype::regtype, t.typdefault,
    (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
    obj_description(t.oid, 'pg_type'))
from pg_type t join ours n on n.oid = t.typnamespace
where t.typtype in ('e', 'd', 'r')
union all
select 'publication', null, p.pubname,
  concat_ws(' | ', p.pubowner::regrole, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate)
from pg_publication p
union all
select 'publication of', c.name, p.pubname, concat_ws(' | ', r.prattrs::text, pg_get_expr(r.prqual, r.prrelid))
from pg_publication_rel r join pg_publication p on p.oid = r.prpubid join relations c on c.oid = r.prrelid
union all
select 'default privileges', null, concat_ws(' ', d.defaclrole::regrole, d.defaclnamespace::regnamespace, d.defaclobjtype), d.defaclacl::text
from pg_default_acl d
union all
select 'role', null, r.rolname,
  concat_ws(' | ', r.rolsuper, r.rolbypassrls, r.rolcanlogin, r.rolinherit, r.rolconfig::text,
    (select string_agg(m.roleid::regrole::text, ',' order by m.roleid) from pg_auth_members m where m.member = r.oid))
from pg_roles r
where r.rolname !~ '^pg_'
union all
select 'event trigger', null, e.evtname, concat_ws(' | ', e.evtevent, e.evtfoid::regproc, e.evtenabled, e.evttags::text)
from pg_event_trigger e
order by 1, 2, 3
