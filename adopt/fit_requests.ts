import { uuidKey } from "./keys.ts";
import { listed } from "./sql_text.ts";
import { type Column, labelsOf, type Table } from "./tables.ts";

/** How a request's status follows its providers, in the application's labels. */
export interface RequestStatuses {
  /** While a call is open. */
  open: string;
  /** When none is: after a conversation, and without one. */
  talked: string;
  unreached: string;
  /** Those that are ours to leave. */
  left: string[];
}

/** How the requests' table is used. */
export interface RequestsFit {
  table: Table;
  key: string;
  status?: Column;
  /** Undefined: the status is left alone. */
  statuses?: RequestStatuses;
  decisions: string[];
}

/** @throws {Refusal} Without a key of one uuid. */
export function fitRequests(table: Table): RequestsFit {
  const key = uuidKey(table);
  const status = table.columns.find(({ name }) =>
    ["status", "state", "request_status"].includes(name)
  );
  if (!status) {
    return {
      table,
      key,
      decisions: [`${table.name} has no column for a status: a request's is left alone.`],
    };
  }
  const statuses = statusesOf(labelsOf(table, status) ?? []);
  const at = `${table.name}.${status.name}`;
  const decisions = statuses
    ? [
      `${at} becomes ${statuses.open} while a call is open, and ` +
      (statuses.talked === statuses.unreached
        ? `${statuses.talked} when none is, whatever the outcome.`
        : `when none is ${statuses.talked} after a conversation, else ${statuses.unreached}.`) +
      ` It is moved only from ${
        listed(statuses.left)
      }; every other status stays. To change it: private.update_request_status.`,
    ]
    : [
      `${at} is left alone: which of its labels should stand for open calls, and which for ended ones, is not known here. ` +
      "To have it moved, write private.update_request_status in the adapter.",
    ];
  return { table, key, status, statuses, decisions };
}

function statusesOf(labels: string[]): RequestStatuses | undefined {
  const find = (...words: string[]) =>
    labels.filter((label) => words.includes(label.toLowerCase()));
  const [open] = find("calling");
  const [analyzing] = find("analyzing", "analysing");
  if (open && analyzing) {
    // The application goes on from there: what comes of the calls is its own to say.
    return {
      open,
      talked: analyzing,
      unreached: analyzing,
      left: find("pending", "searching", "calling"),
    };
  }
  const own = find("pending", "calling", "completed", "failed");
  if (own.length === 4 && labels.length === 4) {
    return { open, talked: find("completed")[0], unreached: find("failed")[0], left: own };
  }
}
