import { logFunctions } from "./adapter_log.ts";
import { showFunctions } from "./adapter_providers.ts";
import type { Fit } from "./fit.ts";
import { literal, quoted } from "./sql_text.ts";

/** The functions, as `supabase/schemas/50_adapter.sql` declares them. */
const SIGNATURES = [
  "private.lock_provider(uuid, uuid)",
  "private.request_of(uuid)",
  "private.is_own_call_status(text)",
  "private.shown_report(uuid)",
  "private.show_call(private.locked_provider, text, timestamptz, jsonb)",
  "private.log_status(public.call_status)",
  "private.log_call(private.locked_provider, boolean, text, public.call_status, public.call_source, text, text, jsonb)",
  "private.update_request_status(private.locked_provider, public.call_status)",
];

/** The migration with the columns that are missing; undefined where none is. */
export function columnsMigration(fit: Fit): string | undefined {
  if (fit.added.length === 0) return undefined;
  const tables = [...new Set(fit.added.map(({ table }) => table))].map((table) => {
    const columns = fit.added.filter((added) => added.table === table);
    return `alter table ${table}\n${
      columns.map(({ column, type }) => `add column ${column} ${type}`).join(",\n")
    };`;
  });
  return `-- What a call has to say and your tables had no place for. Nothing else of them is changed.\n${
    tables.join("\n\n")
  }\n`;
}

/** The migration with the adapter: the functions that know the application's tables. */
export function adapterMigration(fit: Fit): string {
  return [
    `-- The only functions that know your tables, written for them by \`deno task adopt\`, and yours from now on. To change one after
-- this was pushed, replace it in a migration of its own; what each has to do is in its comment.

-- A provider that is deleted takes its calls along.
alter table private.calls
add constraint calls_provider_id_fkey
foreign key (provider_id) references ${fit.providers.table.name} (${
      quoted(fit.providers.key)
    }) on delete cascade;`,
    lockFunctions(fit),
    showFunctions(fit.providers),
    logFunctions(fit),
    statusFunction(fit),
    `revoke all on function\n  ${SIGNATURES.join(",\n  ")}\nfrom public, anon, authenticated;
grant execute on function\n  ${SIGNATURES.join(",\n  ")}\nto service_role;`,
  ].join("\n\n") + "\n";
}

function lockFunctions({ requests, providers }: Fit): string {
  const p = (column: string) => `p.${quoted(column)}`;
  const request = p(providers.request);
  const status = `${p(providers.status.name)}::text`;
  const shown = providers.uncalled === undefined
    ? status
    : `nullif(${status}, ${literal(providers.uncalled)})`;
  const values = [
    p(providers.key),
    request,
    providers.name === undefined ? "null" : p(providers.name),
    p(providers.callId.name),
    shown,
    requests.status ? `r.${quoted(requests.status.name)}::text` : "null",
  ];
  const without = providers.isRequestRequired ? "" : ` and ${request} is not null`;
  return `create or replace function private.lock_provider(provider_id uuid, request_id uuid) returns private.locked_provider
language plpgsql
set search_path = ''
as $$
declare
  target private.locked_provider;
begin
  -- FOR NO KEY UPDATE OF locks in the order of its list: the request, then the provider.
  select ${values.join(", ")} into target
  from ${requests.table.name} r
  join ${providers.table.name} p on ${request} = r.${quoted(requests.key)}
  where r.${quoted(requests.key)} = lock_provider.request_id and ${
    p(providers.key)
  } = lock_provider.provider_id
  for no key update of r, p;

  if not found then
    select ${values[0]}, ${request} into target.provider_id, target.request_id
    from ${providers.table.name} p
    where ${p(providers.key)} = lock_provider.provider_id${without};
  end if;
  return target;
end;
$$;

comment on function private.lock_provider(uuid, uuid) is 'Adapter: locks the request, then the provider, and says what their rows show. Without such a provider provider_id is null; of a provider of another request, only that request is said, and nothing is locked.';

create or replace function private.request_of(provider_id uuid) returns uuid
language plpgsql stable
set search_path = ''
as $$
begin
  return (select ${request} from ${providers.table.name} p where ${
    p(providers.key)
  } = request_of.provider_id);
end;
$$;

comment on function private.request_of(uuid) is 'Adapter: the request that a provider belongs to; null without such a provider.';`;
}

function statusFunction({ requests, providers }: Fit): string {
  const head =
    `create or replace function private.update_request_status(target private.locked_provider, call_status public.call_status) returns text
language plpgsql
set search_path = ''
as $$`;
  const comment = (what: string) =>
    `comment on function private.update_request_status(private.locked_provider, public.call_status) is 'Adapter: ${what}';`;
  const { status, statuses } = requests;
  if (!status || !statuses) {
    return `${head}
begin
  -- Which of the labels stands for open calls, and which for ended ones, is yours to say.
  return target.request_status;
end;
$$;

${comment("returns the status that a request has; it is the application''s to move.")}`;
  }
  const { open, talked, unreached, left } = statuses;
  const called = `p.${quoted(providers.status.name)}`;
  const openLabels = [...new Set([providers.labels.queued, providers.labels.in_progress])].map(
    literal,
  ).join(", ");
  const uncalled = providers.uncalled === undefined
    ? `${called} is not null`
    : `${called} <> ${literal(providers.uncalled)}`;
  const conversation = talked === unreached ? "" : `
      when bool_or(${called} = ${
    literal(providers.labels.completed)
  } or not private.is_own_call_status(${called}::text)) then ${literal(talked)}`;
  return `${head}
declare
  settled text := ${literal(open)};
begin
  -- Every other status is the application's to leave.
  if target.request_status not in (${left.map(literal).join(", ")}) then
    return target.request_status;
  end if;

  -- An open call decides it; without one, all providers do.
  if update_request_status.call_status not in ('queued', 'in_progress') then
    select case
      when bool_or(${called} in (${openLabels})) then ${literal(open)}${conversation}
      else ${literal(unreached)}
    end into settled
    from ${providers.table.name} p
    where p.${quoted(providers.request)} = target.request_id and ${uncalled};
  end if;

  if settled <> target.request_status then
    update ${requests.table.name} r set ${quoted(status.name)} = settled${
    status.labels ? `::${status.type}` : ""
  } where r.${quoted(requests.key)} = target.request_id;
  end if;
  return settled;
end;
$$;

${
    comment(
      "derives a request''s status from its providers, one of which has just come to this call status, and returns the status that the request then has. Leaves alone what is not ours to leave.",
    )
  }`;
}
