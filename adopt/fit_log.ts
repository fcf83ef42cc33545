import { kindOf } from "./call_columns.ts";
import type { ProvidersFit } from "./fit_providers.ts";
import type { RequestsFit } from "./fit_requests.ts";
import { referenceTo } from "./keys.ts";
import { Refusal } from "./refusal.ts";
import { listed } from "./sql_text.ts";
import { type Column, labelsOf, type Table } from "./tables.ts";

const LOG_STATUSES = ["info", "success", "warning", "error"] as const;

/** How the log's table is used. */
export interface LogFit {
  table: Table;
  /** The column that says which (call, status) a row is of: the uuid key, else one that is added. */
  step: string;
  isStepKey: boolean;
  request: string;
  provider?: string;
  title?: Column;
  detail: Column;
  transcript?: Column;
  callId?: Column;
  /** At most one row may carry a call's id. */
  isCallIdUnique: boolean;
  status?: Column;
  statuses: Record<typeof LOG_STATUSES[number], string>;
  /** Filled from the request: its tenant, its owner. */
  inherited: string[];
  missing: { column: string; type: string }[];
  decisions: string[];
}

/** @throws {Refusal} Where there is no way to the request, no place for words, or a column that nobody could fill. */
export function fitLog(table: Table, requests: RequestsFit, providers: ProvidersFit): LogFit {
  const request = referenceTo(table, requests).name;
  const provider = table.references.find((reference) => reference.table === providers.table.name)
    ?.column;
  const text = (...names: string[]) =>
    columnOf(table, names, (column) => kindOf(column) === "text" && !labelsOf(table, column));
  const detail = text(
    "detail",
    "details",
    "message",
    "description",
    "body",
    "note",
    "content",
    "text",
  );
  if (!detail) {
    throw new Refusal(
      `${table.name} has no text column for what happened (detail, message, description, ...).`,
    );
  }
  const title = text("step_name", "step", "title", "event", "kind", "type", "action", "name");
  const transcript = columnOf(table, ["transcript"], (column) => kindOf(column) === "json");
  const callId = text("call_id");
  const isCallIdUnique = table.unique.some((columns) => columns.includes("call_id"));
  const statuses = Object.fromEntries(
    LOG_STATUSES.map((word) => [word, word]),
  ) as LogFit["statuses"];
  const status = columnOf(table, ["status", "level", "severity"], (column) => {
    const labels = labelsOf(table, column);
    if (!labels) return kindOf(column) === "text";
    for (const word of LOG_STATUSES) {
      statuses[word] = labels.find((label) => label.toLowerCase() === word) ?? "";
    }
    return Object.values(statuses).every(Boolean);
  });
  const [key] = table.columns.filter(({ name, type }) =>
    table.key.length === 1 && name === table.key[0] && type === "uuid"
  );
  const own = [
    key?.name,
    request,
    provider,
    title?.name,
    detail.name,
    transcript?.name,
    callId?.name,
    status?.name,
  ];
  const inherited = table.columns.filter(({ name, isGenerated }) =>
    !own.includes(name) && !isGenerated
  )
    .filter((column) => isInherited(column, table, requests.table)).map(({ name }) => name);
  const unfilled = table.columns.filter(({ name, isRequired, hasDefault }) =>
    isRequired && !hasDefault && ![...own, ...inherited].includes(name)
  ).map(({ name }) => name);
  if (unfilled.length > 0) {
    throw new Refusal(
      `${table.name} needs a value in ${
        listed(unfilled)
      }, and what to write there is not known here. Give it a default in a migration of yours.`,
    );
  }
  return {
    table,
    step: key?.name ?? "call_step_id",
    isStepKey: key !== undefined,
    request,
    provider,
    title,
    detail,
    transcript,
    callId,
    isCallIdUnique: callId !== undefined && isCallIdUnique,
    status,
    statuses,
    inherited,
    missing: key || table.columns.some(({ name }) => name === "call_step_id")
      ? []
      : [{ column: "call_step_id", type: "uuid" }],
    decisions: [
      ...inherited.length > 0
        ? [
          `${table.name}.${
            listed(inherited)
          } is filled from the request, never left to a default. To change it: private.log_call.`,
        ]
        : [],
      ...callId && isCallIdUnique
        ? [
          `${table.name}.call_id is unique: only the row of a call's ending carries it, and whoever else writes that row first or last finds it. ` +
          "A row that somebody else wrote keeps its words where they are longer.",
        ]
        : [],
    ],
  };
}

function columnOf(
  table: Table,
  names: string[],
  takes: (column: Column) => boolean,
): Column | undefined {
  const columns = names.map((name) => table.columns.find((column) => column.name === name));
  return columns.find((column) => column && !column.isGenerated && takes(column));
}

/** Whether a column of the log says what the request's of the same name does: whose it is. */
function isInherited(column: Column, log: Table, requests: Table): boolean {
  const same = requests.columns.find(({ name, type }) =>
    name === column.name && type === column.type
  );
  if (!same || /^(id|status|state|.*_at|timestamp)$/.test(column.name)) return false;
  const target = ({ references }: Table) =>
    references.find((reference) => reference.column === column.name)?.table;
  return target(log) !== undefined && target(log) === target(requests) ||
    column.isRequired && !column.hasDefault ||
    /^(org|organi[sz]ation|tenant|account|workspace|team|company|customer|owner|user)(_id)?$/.test(
      column.name,
    );
}
