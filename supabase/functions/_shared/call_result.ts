import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { Constants, type Json } from "./database.types.ts";
import { issuesIn, Problem } from "./problem.ts";
import { isOfThisCentury, present, type RawCallReport } from "./report.ts";

// zod/mini comes without messages, and with its `locales` come those of all languages.
z.config(en());

const uuid = z.guid("Invalid input: expected a UUID");
const text = z.nullish(z.string());
const wrongTime =
  "Invalid input: expected an ISO 8601 time of this century with a zone, as 2026-11-22T10:00:00Z";
/** Empty, as Vapi sometimes sends it, counts as absent. */
const timestamp = z.nullish(z.union([
  z.iso.datetime({ offset: true, error: wrongTime }).check(
    z.refine((time) => isOfThisCentury(new Date(time)), wrongTime),
  ),
  z.literal(""),
], wrongTime));
const amount = (unit: string) =>
  z.nullish(z.number().check(z.nonnegative())).check(z.describe(unit));
/** What is not stored must not cost a result. */
const context = (shape: string) =>
  z.optional(z.unknown()).check(z.describe(`${shape}, for whoever reads the delivery; not saved.`));
const url = z.nullish(
  z.string().check(z.regex(/^(https?:\/\/\S+)?$/i, "Invalid input: expected an http or https URL")),
);

const callResult = z.looseObject({
  status: z.enum(Constants.public.Enums.call_status),
  callId: z.nullish(z.string().check(z.maxLength(255))).check(
    z.describe("Vapi's id of the call; only queued and error may lack it."),
  ),
  createdAt: timestamp,
  startedAt: timestamp,
  endedAt: timestamp,
  duration: amount("Minutes; else computed from startedAt and endedAt."),
  endedReason: text.check(z.describe("Vapi's; it decides what completed is saved as.")),
  cost: amount("USD."),
  transcript: text,
  messages: z.nullish(z.array(z.unknown())).check(
    z.describe('Vapi\'s: [{"role", "message"}]. What is of another shape is no turn.'),
  ),
  recordingUrl: url,
  analysis: z.nullish(z.looseObject({
    summary: text,
    structuredData: z.optional(z.unknown()),
    successEvaluation: z.nullish(z.union([z.string(), z.boolean(), z.number()])),
  })),
  provider: context('{"name", "phone", "service", "location"}'),
  request: context('{"criteria", "urgency"}'),
  error: text,
  message: text,
  lastKnownStatus: text,
}).check(
  z.refine(({ status, callId }) => callId?.trim() || status === "queued" || status === "error", {
    path: ["callId"],
    error: "Invalid input: expected the call's id, which only queued and error may lack",
  }),
);

/** The body of `POST /functions/v1/save-call-result`: the one source of its types, its checks and its JSON Schema. */
export const callResultSchema = z.looseObject({
  providerId: uuid,
  serviceRequestId: uuid,
  callResult,
});

/** A body that {@link checkCallResult} let through. */
export type CallResultBody = z.output<typeof callResultSchema>;

/**
 * Checks a body against {@link callResultSchema}.
 *
 * @throws {Problem} `invalid_payload`, with an issue for each thing that is wrong.
 */
export function checkCallResult(body: Json): CallResultBody {
  const result = z.safeParse(callResultSchema, body);
  if (result.success) return result.data;
  const issues = issuesIn(result.error);
  throw new Problem(
    "invalid_payload",
    `${issues[0].path || "The body"}: ${issues[0].message}.` +
      (issues.length > 1 ? ` There are ${issues.length} issues in all.` : ""),
    { issues },
  );
}

const MAX_KEY_LENGTH = 255;

/**
 * What a checked body reports. The `Idempotency-Key` tells reports without a call id apart.
 *
 * @throws {Problem} `invalid_payload` for a key of more than 255 characters.
 */
export function reportOfCallResult(
  { providerId, serviceRequestId, callResult: result }: CallResultBody,
  idempotencyKey: string | undefined,
): RawCallReport {
  if (idempotencyKey && idempotencyKey.length > MAX_KEY_LENGTH) {
    throw new Problem(
      "invalid_payload",
      `Send an Idempotency-Key of at most ${MAX_KEY_LENGTH} characters.`,
    );
  }
  const { analysis, lastKnownStatus } = result;
  return {
    ...result,
    source: "kestra",
    providerId,
    serviceRequestId,
    status: result.status === "completed" && present(result.endedReason) ? "ended" : result.status,
    summary: analysis?.summary,
    structuredData: analysis?.structuredData,
    successEvaluation: analysis?.successEvaluation,
    message: present(result.message) ??
      (lastKnownStatus && `No result came in time; the call was last seen ${lastKnownStatus}.`),
    callMethod: "kestra",
    idempotencyKey,
  };
}
