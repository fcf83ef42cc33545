import type * as z from "zod/mini";

/** One thing that is wrong with a delivery; `path` is dotted, as in `callResult.duration`. */
export interface Issue {
  path: string;
  message: string;
}

const MAX_ISSUES = 20;
/** A path says these levels of it, and of a key these characters: keys are what somebody sent. */
const MAX_LEVELS = 5;
const MAX_KEY = 64;
const MAX_TEXT = 500;

/** What a schema found wrong. */
export function issuesIn(error: z.core.$ZodError): Issue[] {
  return error.issues.map(({ path, message }) => bounded({ path: path.join("."), message }));
}

function bounded({ path, message }: Issue): Issue {
  const levels = path.split(".", MAX_LEVELS).map((key) => cut(key, MAX_KEY));
  return { path: levels.join("."), message: cut(message, MAX_TEXT) };
}

/** The beginning of a text, as Postgres can hold it. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replaceAll("\0", "\uFFFD").toWellFormed();
}

interface Kind {
  status: number;
  title: string;
  /** Whether the same delivery may succeed later, unchanged. */
  retryable: boolean;
  /** Whether the delivery is kept in `rejected_call_results`. */
  kept: boolean;
}

const kinds = {
  invalid_json: { status: 400, title: "Invalid JSON", retryable: false, kept: true },
  unauthorized: { status: 401, title: "Unauthorized", retryable: false, kept: false },
  unknown_provider: { status: 404, title: "Unknown provider", retryable: false, kept: true },
  method_not_allowed: { status: 405, title: "Method not allowed", retryable: false, kept: false },
  wrong_request: { status: 409, title: "Wrong request", retryable: false, kept: true },
  wrong_call: { status: 409, title: "Wrong call", retryable: false, kept: true },
  payload_too_large: { status: 413, title: "Payload too large", retryable: false, kept: false },
  unsupported_media_type: {
    status: 415,
    title: "Unsupported media type",
    retryable: false,
    kept: false,
  },
  invalid_payload: { status: 422, title: "Invalid payload", retryable: false, kept: true },
  internal: { status: 500, title: "Internal error", retryable: true, kept: false },
  unavailable: { status: 503, title: "Unavailable", retryable: true, kept: false },
  not_configured: { status: 503, title: "Not configured", retryable: true, kept: false },
} as const satisfies Record<string, Kind>;

/** The closed set of error codes. */
export type ProblemCode = keyof typeof kinds;

/** Whether `code` is one of {@link ProblemCode}. */
export function isProblemCode(code: string | null | undefined): code is ProblemCode {
  return code != null && Object.hasOwn(kinds, code);
}

/** What goes with a problem. */
export interface ProblemExtra {
  issues?: Issue[];
  headers?: Record<string, string>;
  /** For the log alone, for example the name of a missing setting. */
  reason?: string;
}

/** An error that the sender is told, as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override name = "Problem";
  readonly kind: Kind;
  /** What was wrong and what to do; never a secret, a stack trace or a transcript. */
  readonly detail: string;
  readonly extra: ProblemExtra;
  /** The id of the row in `rejected_call_results`, once the delivery is kept. */
  rejectedId?: string;

  /** Of the issues, and of every text, no more is said than {@link MAX_ISSUES} and {@link MAX_TEXT}. */
  constructor(readonly code: ProblemCode, detail: string, extra: ProblemExtra = {}) {
    super(cut(detail, MAX_TEXT));
    this.detail = this.message;
    this.extra = { ...extra, issues: extra.issues?.slice(0, MAX_ISSUES).map(bounded) };
    this.kind = kinds[code];
  }

  toResponse(): Response {
    const { status, title, retryable } = this.kind;
    return Response.json(
      {
        title,
        status,
        detail: this.detail,
        code: this.code,
        retryable,
        issues: this.extra.issues,
        rejectedId: this.rejectedId,
      },
      { status, headers: { ...this.extra.headers, "Content-Type": "application/problem+json" } },
    );
  }
}
