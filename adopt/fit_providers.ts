import { CALL_STATUSES, type CallStatus, statusLabels } from "./call_statuses.ts";
import { listed, type RequestsFit, uuidKey } from "./fit_requests.ts";
import { Refusal } from "./refusal.ts";
import { type Column, labelsOf, type Table } from "./tables.ts";

/** What a column can hold, as far as that matters here. */
export type Kind = "text" | "number" | "json" | "time";

const KINDS: Record<Kind, string[]> = {
  text: ["text", "character varying"],
  number: ["numeric", "integer", "bigint", "smallint", "double precision", "real"],
  json: ["jsonb"],
  time: ["timestamp with time zone", "timestamp without time zone"],
};

/** What a provider's row shows of its newest call: the type where the column has to be added, and its kind. */
const CALL_COLUMNS: Record<string, [type: string, kind: Kind]> = {
  call_status: ["text", "text"],
  call_id: ["text", "text"],
  call_method: ["text", "text"],
  call_result: ["jsonb", "json"],
  call_success_evaluation: ["text", "text"],
  call_transcript: ["text", "text"],
  call_summary: ["text", "text"],
  call_duration_minutes: ["numeric", "number"],
  call_cost: ["numeric", "number"],
  call_ended_reason: ["text", "text"],
  call_error: ["text", "text"],
  call_recording_url: ["text", "text"],
  called_at: ["timestamptz", "time"],
};

/** A column that shows something of a call. */
export interface CallColumn extends Column {
  kind: Kind;
  /** It was there before: somebody else may write it, too. */
  isTheirs: boolean;
}

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

/** The column that leads from a table to the request. @throws {Refusal} Without one, or with several. */
export function referenceTo(
  table: Table,
  { table: to, key }: { table: Table; key: string },
): Column {
  const found = table.references.filter((reference) =>
    reference.table === to.name && reference.key === key
  )
    .map(({ column }) => column);
  const one = found.length === 1
    ? found[0]
    : ["request_id", "service_request_id"].find((name) => found.includes(name));
  const column = table.columns.find(({ name }) => name === one);
  if (column) return column;
  throw new Refusal(
    found.length === 0
      ? `No foreign key leads from ${table.name} to ${to.name}.${key}: whose request a row serves cannot be told.`
      : `Several foreign keys lead from ${table.name} to ${to.name}: ${
        listed(found)
      }. Which of them counts cannot be told.`,
  );
}

const WHOLE: Record<string, string> = {
  smallint: "32767",
  integer: "2147483647",
  bigint: "9223372036854775807",
};

/** Whether a column holds numbers only up to some size. */
export function isBounded({ type, precision }: Column): boolean {
  return type in WHOLE || type === "numeric" && precision !== null;
}

/** The largest value that a bounded column holds. */
export function largest({ type, precision, scale }: Column): string {
  if (type in WHOLE) return WHOLE[type];
  return ["9".repeat(precision! - scale!) || "0", "9".repeat(scale!)].filter(Boolean).join(".");
}

/** What kind of values a column holds. */
export function kindOf(column: Column): Kind | undefined {
  return (Object.keys(KINDS) as Kind[]).find((kind) => KINDS[kind].includes(column.type));
}

function callColumn(table: Table, name: string, type: string, kind: Kind): CallColumn {
  const found = table.columns.find((column) => column.name === name);
  if (!found) {
    const added = {
      name,
      type,
      labels: null,
      precision: null,
      scale: null,
      length: null,
      defaultText: null,
    };
    return {
      ...added,
      isRequired: false,
      hasDefault: false,
      isGenerated: false,
      kind,
      isTheirs: false,
    };
  }
  const takes = kindOf(found) === kind ||
    found.labels && (name === "call_status" || name === "call_method");
  if (!takes || found.isGenerated) {
    throw new Refusal(
      `${table.name}.${name} is ${
        found.isGenerated ? "generated" : `of the type ${found.type}`
      }, and cannot hold what a call has to say there (${type}).`,
    );
  }
  if (kind === "time" && found.isRequired) {
    throw new Refusal(
      `${table.name}.${name} may not be null, and says when a call was placed: before the first there is none.`,
    );
  }
  return { ...found, kind, isTheirs: true };
}

function takesMethods(table: Table, column: CallColumn): boolean {
  if (column.labels) return false;
  const labels = column.isTheirs ? labelsOf(table, column) : null;
  return !labels || ["kestra", "direct_vapi"].every((method) => labels.includes(method));
}

function fittingLabels(table: Table, status: CallColumn): Record<CallStatus, string> {
  const known = status.isTheirs ? labelsOf(table, status) : null;
  const labels = status.isTheirs
    ? statusLabels(known)
    : Object.fromEntries(CALL_STATUSES.map((status) => [status, status]));
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
