import { commentOn } from "./default_adapter.ts";
import type { Fit } from "./fit.ts";
import { literal, quoted } from "./sql_text.ts";

/** The functions that find a provider and its request. */
export function lockFunctions({ requests, providers }: Fit): string {
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

${commentOn("lock_provider")}

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

${commentOn("request_of")}`;
}

/** The function that moves a request's status. */
export function statusFunction({ requests, providers }: Fit): string {
  const head =
    `create or replace function private.update_request_status(target private.locked_provider, call_status public.call_status) returns text
language plpgsql
set search_path = ''
as $$`;
  const { status, statuses } = requests;
  if (!status || !statuses) {
    return `${head}
begin
  -- Which of the labels stands for open calls, and which for ended ones, is yours to say.
  return target.request_status;
end;
$$;

${commentOn("update_request_status")}`;
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

${commentOn("update_request_status")}`;
}
