import { commentOn } from "./default_adapter.ts";
import type { Fit } from "./fit.ts";
import { literal, quoted } from "./sql_text.ts";

/** The functions that write the log. */
export function logFunctions(fit: Fit): string {
  const { log } = fit;
  return `create or replace function private.log_status(status public.call_status) returns ${
    log.status?.type ?? "text"
  }
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return case
    when status = 'completed' then ${literal(log.statuses.success)}
    when status in ('queued', 'in_progress') then ${literal(log.statuses.info)}
    when status in ('failed', 'error') then ${literal(log.statuses.error)}
    when status in ('timeout', 'no_answer', 'voicemail', 'busy', 'canceled') then ${
    literal(log.statuses.warning)
  }
  end;
end;
$$;

${commentOn("log_status")}

create or replace function private.log_call(
  target private.locked_provider,
  is_new boolean,
  call_id text,
  call_status public.call_status,
  source public.call_source,
  idempotency_key text,
  detail text,
  turns jsonb
) returns boolean
language plpgsql
set search_path = ''
as $$
declare
  -- The row of one (call, status) has the same id, whoever asks.
  log_row_id constant uuid := md5(concat_ws(' ', target.provider_id, coalesce(call_id, idempotency_key), call_status))::uuid;
${log.isCallIdUnique ? ENDING_DECLARED : ""}begin
${log.isCallIdUnique ? endingOnce(fit) : ""}${insertion(fit)}

${log.isCallIdUnique ? foreignWords(fit) : ""}${update(fit)}
  return found;
end;
$$;

${commentOn("log_call")}`;
}

const ENDING_DECLARED = `  -- Of a call's rows one can carry its id: that of its ending.
  ending_call_id text := case when call_status >= 'completed' then call_id end;
`;

function endingOnce({ log }: Fit): string {
  return `  -- A row that is not this one's carries it: that of another ending, which came first, or one of another request.
  if exists (
    select from ${log.table.name} l
    where
      l.${quoted(log.callId!.name)} = ending_call_id
      and (
        l.${quoted(log.request)} <> target.request_id
        or l.${quoted(log.step)} in (
          select md5(concat_ws(' ', target.provider_id, log_call.call_id, other))::uuid
          from unnest(enum_range('completed'::public.call_status, null)) other
          where other <> log_call.call_status
        )
      )
  ) then
    ending_call_id := null;
  end if;

`;
}

function foreignWords({ log }: Fit): string {
  const words = quoted(log.detail.name);
  return `  -- A row that somebody else wrote keeps its words where they are longer.
  if exists (
    select from ${log.table.name} l
    where
      l.${quoted(log.callId!.name)} = ending_call_id
      and l.${quoted(log.step)} <> log_row_id
      and length(l.${words}) >= length(log_call.detail)
  ) then
    log_call.detail := null;
  end if;

`;
}

/** Column and value of a new row. */
function values({ requests, providers, log }: Fit): [column: string, value: string][] {
  const name = providers.name === undefined
    ? "'Call'"
    : "'Call to ' || coalesce(target.name, 'a provider')";
  const title = log.title?.length ? `left(${name}, ${log.title.length})` : name;
  const turns = log.transcript?.isRequired ? "coalesce(log_call.turns, '[]')" : "log_call.turns";
  const callId = log.isCallIdUnique ? "ending_call_id" : "log_call.call_id";
  const pairs: [string | undefined, string][] = [
    [log.step, "log_row_id"],
    [log.request, log.inherited.length > 0 ? `r.${quoted(requests.key)}` : "target.request_id"],
    [log.provider, "target.provider_id"],
    ...log.inherited.map((name): [string, string] => [name, `r.${quoted(name)}`]),
    [log.title?.name, title],
    [log.status?.name, "private.log_status(log_call.call_status)"],
    [log.detail.name, words(log.detail.length)],
    [log.transcript?.name, turns],
    [log.callId?.name, callId],
  ];
  return pairs.filter((pair): pair is [string, string] => pair[0] !== undefined);
}

const words = (length: number | null) =>
  length === null ? "log_call.detail" : `left(log_call.detail, ${length})`;

function insertion(fit: Fit): string {
  const { requests, log } = fit;
  const pairs = values(fit);
  const [open, close] = log.inherited.length > 0
    ? [
      "select",
      `\n    from ${requests.table.name} r\n    where r.${
        quoted(requests.key)
      } = target.request_id`,
    ]
    : ["values (", "\n    )"];
  const condition = log.isStepKey
    ? "is_new"
    : `is_new and not exists (\n    select from ${log.table.name} l where ${
      rowCondition(fit)
    }\n  )`;
  return `  if ${condition} then
    insert into ${log.table.name} (
      ${pairs.map(([column]) => quoted(column)).join(", ")}
    )
    ${open}
${pairs.map(([, value]) => `      ${value}`).join(",\n")}${close}
    on conflict do nothing;
    if found then
      return true;
    end if;
  end if;`;
}

function rowCondition({ log }: Fit): string {
  const own = `l.${quoted(log.step)} = log_row_id`;
  if (log.isCallIdUnique) return `(${own} or l.${quoted(log.callId!.name)} = ending_call_id)`;
  return log.isStepKey ? own : `l.${quoted(log.request)} = target.request_id and ${own}`;
}

function update(fit: Fit): string {
  const { log } = fit;
  const l = (name: string) => `l.${quoted(name)}`;
  const said = words(log.detail.length);
  const pairs: [string, string][] = [[
    log.detail.name,
    log.isCallIdUnique ? `coalesce(${said}, ${l(log.detail.name)})` : said,
  ]];
  if (log.transcript) {
    // The row's own value, where it is the same: it is not written again.
    const own = l(log.transcript.name);
    pairs.push([log.transcript.name, `coalesce(nullif(log_call.turns, ${own}), ${own})`]);
  }
  return `  update ${log.table.name} l
  set
${pairs.map(([column, value]) => `    ${quoted(column)} = ${value}`).join(",\n")}
  where
    ${rowCondition(fit)}
    and (${pairs.map(([column]) => l(column)).join(", ")}) is distinct from (
      ${pairs.map(([, value]) => value).join(",\n      ")}
    );`;
}
