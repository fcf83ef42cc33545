import { RelationNotFoundError } from "@supabase/lite";

/** Thrown in place of a query when the database cannot be reached; as JSON, PostgREST's answer. */
export class DatabaseAway extends Error {
  override name = "DatabaseAway";

  toJSON() {
    return {
      code: "PGRST001",
      message: "Database client error",
      details: this.message,
      hint: null,
    };
  }
}

/** An error that the caller gets as the answer. */
class Answered extends Error {
  code?: string;
  detail?: string;
  hint?: string;
}

// Where @supabase/lite answers another status than PostgREST. First match wins.
// https://docs.postgrest.org/en/stable/references/errors.html
const STATUS: [sqlstate: RegExp, status: number][] = [
  [/^(08|53(?!400)|57P0)/, 503],
  [/^P0001/, 400],
  [/^2350[35]/, 409],
  [/^(0L|0P|28)/, 403],
  [/^(09|21|25(?!006)|2D|38|39|3B|40|53400|54|55|57|58|F0|HV|P0|XX)/, 500],
  [/^(?!PT|PGRST|42|22|23502|25006)[0-9A-Z]{5}$/, 400],
];

// @supabase/lite prints every error that it answers, with its stack, and those of its Auth.
const print = console.error;
console.error = (...things: unknown[]) => {
  const [first] = things;
  const isAnswered = first instanceof Answered || first instanceof RelationNotFoundError ||
    first instanceof Error && isLoss(first);
  if (!isAnswered && first !== "Introspection failed:") print(...things);
};

/** Whether an error means that the connection is, or is about to be, no more. */
function isLoss({ code = "", message }: Answered): boolean {
  return /^(ECONN|EPIPE|ETIMEDOUT|57P0|08)/.test(code) ||
    !code && /terminated|not queryable|timeout exceeded when trying to connect/.test(message);
}

/** The error as `@supabase/lite` has to see it to answer what PostgREST would. */
export function postgrestError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = "", message, detail, hint } = error as Answered;
  if (isLoss(error)) return raised(503, new DatabaseAway(message).toJSON());
  if (error instanceof DatabaseAway) return raised(503, error.toJSON());
  const status = STATUS.find(([sqlstate]) => sqlstate.test(code))?.[1];
  if (status) return raised(status, { code, message, details: detail, hint });
  return code ? Object.assign(new Answered(message), { code, detail, hint }) : error;
}

/** `raise sqlstate 'PGRST'`, by which SQL can say the whole response. */
function raised(status: number, body: Record<string, string | null | undefined>): Answered {
  return Object.assign(new Answered(JSON.stringify(body)), {
    code: "PGRST",
    detail: JSON.stringify({ status, headers: {} }),
  });
}
