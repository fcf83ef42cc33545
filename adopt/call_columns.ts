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
export const CALL_COLUMNS: Record<string, [type: string, kind: Kind]> = {
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

/** A column of a call, as it is or as it is to be added. @throws {Refusal} Where it cannot hold what it has to. */
export function callColumn(table: Table, name: string, type: string, kind: Kind): CallColumn {
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

/** Whether a column takes the words for who placed a call. */
export function takesMethods(table: Table, column: CallColumn): boolean {
  if (column.labels) return false;
  const labels = column.isTheirs ? labelsOf(table, column) : null;
  return !labels || ["kestra", "direct_vapi"].every((method) => labels.includes(method));
}
