import {
  CALL_COLUMNS,
  type CallColumn,
  callColumn,
  isBounded,
  kindOf,
  largest,
  takesMethods,
} from "./call_columns.ts";
import { CALL_STATUSES, type CallStatus, statusLabels } from "./call_statuses.ts";
import type { RequestsFit } from "./fit_requests.ts";
import { referenceTo, uuidKey } from "./keys.ts";
import { Refusal } from "./refusal.ts";
import { listed } from "./sql_text.ts";
import { labelsOf, type Table } from "./tables.ts";

/** How the providers' table is used. */
export interface ProvidersFit {
  table: Table;
  key: string;
  /** The column that leads to the request, and whether every provider has one. */
  request: string;
  isRequestRequired: boolean;
  name?: string;
  /** All that a call shows, but call_status and call_id. */
  shown: CallColumn[];
  callId: CallColumn;
  status: CallColumn;
  labels: Record<CallStatus, string>;
  /** What call_status says of a provider whom nobody called. */
  uncalled?: string;
  missing: { column: string; type: string }[];
  decisions: string[];
}

/** @throws {Refusal} Without a uuid key or a way to the request, or where a column cannot hold what it has to. */
export function fitProviders(table: Table, requests: RequestsFit): ProvidersFit {
  const key = uuidKey(table);
  const request = referenceTo(table, requests);
  const decisions: string[] = [];
  const columns = Object.entries(CALL_COLUMNS)
    .map(([name, [type, kind]]) => callColumn(table, name, type, kind))
    .filter((column) => {
      const isFitting = column.name !== "call_method" || takesMethods(table, column);
      if (!isFitting) {
        decisions.push(
          `${table.name}.call_method is left alone: it does not take kestra and direct_vapi.`,
        );
      }
      return isFitting;
    });
  const of = (name: string) => columns.find((column) => column.name === name)!;
  const status = of("call_status");
  const { length } = of("call_id");
  if (length !== null && length < 36) {
    throw new Refusal(`${table.name}.call_id holds ${length} characters, and Vapi's ids have 36.`);
  }
  const labels = fittingLabels(table, status);
  const uncalled = ownLabels({ table, status, labels }).includes(status.defaultText ?? "")
    ? undefined
    : status.defaultText ?? undefined;
  if (uncalled) decisions.push(`A provider whose call_status is ${uncalled} counts as not called.`);
  const replaced = CALL_STATUSES.filter((status) => labels[status] !== status);
  if (replaced.length > 0) {
    const shown = replaced.map((status) => `${status} as ${labels[status]}`);
    decisions.push(
      `${table.name}.call_status shows ${listed(shown)}. To change it: private.show_call.`,
    );
  }
  decisions.push(
    `A call_status that is none of ${
      listed(ownLabels({ table, status, labels }))
    } is yours and stays, until there is a newer call. ` +
      "To change it: private.is_own_call_status.",
  );
  for (const column of columns.filter(isBounded)) {
    decisions.push(
      `${table.name}.${column.name} is rounded and cut to what the column holds (at most ${
        largest(column)
      }).`,
    );
  }
  return {
    table,
    key,
    request: request.name,
    isRequestRequired: request.isRequired,
    name: ["name", "business_name", "company_name", "company", "display_name", "full_name", "title"]
      .find((name) =>
        table.columns.some((column) => column.name === name && kindOf(column) === "text")
      ),
    shown: columns.filter(({ name }) => name !== "call_status" && name !== "call_id"),
    callId: of("call_id"),
    status,
    labels,
    uncalled,
    missing: columns.filter(({ isTheirs }) => !isTheirs)
      .map(({ name }) => ({ column: name, type: CALL_COLUMNS[name][0] })),
    decisions,
  };
}

/** The labels that are written here or, where any text may stand there, could be. */
export function ownLabels(
  { table, status, labels }: Pick<ProvidersFit, "table" | "status" | "labels">,
): string[] {
  return [...new Set([...labelsOf(table, status) ? [] : CALL_STATUSES, ...Object.values(labels)])];
}

function fittingLabels(table: Table, status: CallColumn): Record<CallStatus, string> {
  const known = labelsOf(table, status);
  const labels = statusLabels(known);
  const unshown = CALL_STATUSES.filter((status) => labels[status] === null);
  if (unshown.length > 0) {
    throw new Refusal(
      `None of the labels of ${table.name}.call_status (${known!.join(", ")}) stands for ${
        listed(unshown)
      }. Add them in a migration of yours.`,
    );
  }
  return labels as Record<CallStatus, string>;
}
