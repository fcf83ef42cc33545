import { commentOn } from "./default_adapter.ts";
import { CALL_STATUSES, isFinal, shownAs } from "./call_statuses.ts";
import { type CallColumn, isBounded, largest } from "./call_columns.ts";
import { ownLabels, type ProvidersFit } from "./fit_providers.ts";
import { literal, quoted, translated, wrapped } from "./sql_text.ts";

/** What the original's backend writes where it has no words. */
const PLACEHOLDERS: Record<string, string> = {
  call_transcript: "No transcript",
  call_summary: "No summary",
  call_success_evaluation: "Not evaluated",
};

/** The functions that read and write a provider's row. */
export function showFunctions(fit: ProvidersFit): string {
  const { table, status, labels } = fit;
  const own = ownLabels(fit);
  // Of a label that stands for several of ours, the one of that name or else the first.
  const back = own.map((label): [string, string] => {
    const statuses = shownAs(labels, label);
    return [label, statuses.find((status) => status === label) ?? statuses[0] ?? label];
  });
  const p = (name: string) => `p.${quoted(name)}`;
  const label = `${p(status.name)}::text`;
  const reported = `report ->> 'call_status'`;
  const pairs = CALL_STATUSES.map((status): [string, string] => [status, labels[status]]);
  const unended = own.filter((label) =>
    shownAs(labels, label).length > 0 && !shownAs(labels, label).some(isFinal)
  );
  const columns = [status, fit.callId, ...fit.shown];
  const names = (row: string) => wrapped(columns.map(({ name }) => `${row}.${quoted(name)}`), 6);
  return `create or replace function private.is_own_call_status(status text) returns boolean
language plpgsql immutable parallel safe
set search_path = ''
as $$
begin
  return status in (
    ${wrapped(own.map(literal), 4)}
  );
end;
$$;

${commentOn("is_own_call_status")}

create or replace function private.shown_report(provider_id uuid) returns jsonb
language sql stable
set search_path = ''
as $$
  select json_object(
    -- What the application made of a call, it made of one that ended.
    'call_status' value case when private.is_own_call_status(${label}) then ${
    translated(label, back)
  } else 'completed' end,
${fit.shown.map((column) => `    ${literal(column.name)} value ${saidOf(column)}`).join(",\n")}
    absent on null returning jsonb
  )
  from ${table.name} p
  where ${p(fit.key)} = shown_report.provider_id;
$$;

${commentOn("shown_report")}

create or replace function private.show_call(
  target private.locked_provider,
  call_id text,
  called_at timestamptz,
  report jsonb,
  transcript text
) returns boolean
language plpgsql
set search_path = ''
as $$
declare
  is_shown constant boolean := target.call_id is not distinct from show_call.call_id;
  -- What the row said, the call having ended: where nobody reports it here, somebody else wrote it, and it stays.
  kept ${table.name};
  shown ${table.name};
begin
  if is_shown and target.call_status not in (${unended.map(literal).join(", ")}) then
    select p.* into kept from ${table.name} p where ${p(fit.key)} = target.provider_id;
  end if;
  shown.${quoted(fit.callId.name)} := show_call.call_id;
  shown.${quoted(status.name)} := ${translated(reported, pairs)};
${fit.shown.map((column) => `  shown.${quoted(column.name)} := ${valueOf(column)};`).join("\n")}
  -- A status that the application gave a call is the application's, until there is a newer call.
  if is_shown and not private.is_own_call_status(target.call_status) then
    shown.${quoted(status.name)} := target.call_status;
  end if;

  update ${table.name} p
  set
${columns.map(({ name }) => `    ${quoted(name)} = ${writtenTo(name)}`).join(",\n")}
  where
    ${p(fit.key)} = target.provider_id
    and (
      ${names("p")}
    ) is distinct from (
      ${names("shown")}
    );
  return found;
end;
$$;

${commentOn("show_call")}`;

  function writtenTo(name: string): string {
    if (name !== "call_transcript") return `shown.${name}`;
    // The row's own value, where it is the same: it is not written again.
    return `case when ${p(name)} is distinct from shown.${name} then shown.${name} else ${
      p(name)
    } end`;
  }

  function saidOf({ name, kind }: CallColumn): string {
    if (kind !== "text") return p(name);
    const placeholder = PLACEHOLDERS[name];
    return placeholder
      ? `nullif(nullif(${p(name)}, ''), ${literal(placeholder)})`
      : `nullif(${p(name)}, '')`;
  }

  function valueOf(column: CallColumn): string {
    const { name, kind, isRequired } = column;
    const value = {
      text: cut(
        column,
        name === "call_transcript" ? "show_call.transcript" : `report ->> ${literal(name)}`,
      ),
      json: `report -> ${literal(name)}`,
      number: bounded(column),
      time: "show_call.called_at",
    }[kind];
    const others = [`kept.${quoted(name)}`];
    if (name === "call_method") others.push("'direct_vapi'");
    if (isRequired) others.push({ text: "''", json: "'{}'", number: "0", time: "null" }[kind]);
    const [open, close, separator] = value.length > 70
      ? ["\n    ", "\n  ", ",\n    "]
      : ["", "", ", "];
    return `coalesce(${open}${[value, ...others].join(separator)}${close})`;
  }
}

function cut({ length }: CallColumn, value: string): string {
  return length === null ? value : `left(${value}, ${length})`;
}

function bounded(column: CallColumn): string {
  const value = `(report ->> ${literal(column.name)})::numeric`;
  if (!isBounded(column)) return value;
  const rounded = `round(${value}, ${column.type === "numeric" ? column.scale : 0})`;
  // Of null and a number, the least is the number.
  return `case when report ? ${literal(column.name)} then least(${rounded}, ${
    largest(column)
  }) end`;
}
