import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import type { LogFields } from "./handler.ts";
import { storable } from "./json.ts";
import { type Issue, issuesIn, Problem } from "./problem.ts";

// zod/mini comes without messages, and with its `locales` come those of all languages.
z.config(en());

/** A value as far as it could be read, and what was left out of it. */
export interface Reading<T> {
  value: T;
  warnings: Issue[];
}

/**
 * Reads a value by a schema. A part that does not fit costs only itself: it is left out, with a
 * warning where it held anything. The whole, and the parts at the paths that `required` names, have to fit.
 *
 * What Postgres cannot hold is replaced. Writes into `value`: hand over one that nobody else reads.
 *
 * @throws {Problem} `invalid_payload`, with an issue for each required part that does not fit.
 */
export function read<T extends z.core.$ZodType>(
  schema: T,
  value: unknown,
  required: readonly string[] = [],
): Reading<z.output<T>> {
  const warnings: Issue[] = [];
  while (true) {
    const result = z.safeParse(schema, value);
    if (result.success) return { value: storable(result.data), warnings };

    const issues = issuesIn(result.error);
    const fatal = issues.filter((_, i) => {
      const { path } = result.error.issues[i];
      return path.length === 0 || required.includes(path.join("."));
    });
    if (fatal.length > 0) throw invalid(fatal);

    issues.forEach((issue, i) => {
      if (!isEmpty(takeOut(value, result.error.issues[i].path))) warnings.push(issue);
    });
  }
}

function invalid(issues: Issue[]): Problem {
  return new Problem(
    "invalid_payload",
    `${issues[0].path || "The body"}: ${issues[0].message}.` +
      (issues.length > 1 ? ` There are ${issues.length} issues in all.` : ""),
    { issues },
  );
}

/** Removes what is at a path, or the nearest thing around it that is there, and returns it. */
function takeOut(root: unknown, path: PropertyKey[]): unknown {
  const parent = path.slice(0, -1).reduce(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    root,
  ) as Record<PropertyKey, unknown> | undefined;
  const key = path.at(-1)!;
  const removed = parent?.[key];
  if (removed === undefined) return path.length > 1 ? takeOut(root, path.slice(0, -1)) : undefined;
  parent![key] = undefined;
  return removed;
}

/** Null, blank, `{}` or `[]`: nothing is lost with it. */
export function isEmpty(data: unknown): boolean {
  if (typeof data === "string") return data.trim() === "";
  return data == null || (typeof data === "object" && Object.keys(data).length === 0);
}

const MAX_WARNINGS = 20;

/** An answer that says what was left out, as its log line does, by path; of more than 20 parts the first. */
export function withWarnings<T extends object>(answer: T, all: Issue[], log: LogFields) {
  if (all.length === 0) return answer;
  const warnings = all.slice(0, MAX_WARNINGS);
  log.warnings = warnings.map(({ path }) => path).join(", ");
  return { ...answer, warnings };
}
