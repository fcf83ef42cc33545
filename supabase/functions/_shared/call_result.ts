import * as z from "zod/mini";
import { Constants } from "./database.types.ts";
import { Problem } from "./problem.ts";
import { read, type Reading } from "./read.ts";
import { present, type RawCallReport } from "./report.ts";
import { amount, callId, reportShape, text, time, uuid } from "./vapi_call.ts";
import { readReport } from "./vapi_report.ts";

const context = (shape: string) =>
  z.optional(z.unknown()).check(z.describe(`${shape}, for whoever reads the delivery; not saved.`));

/** A call of Vapi's may be handed over as it is, but for `status` and `callId`. */
const callResult = z.object({
  ...reportShape,
  status: z.enum(Constants.public.Enums.call_status),
  callId: callId.check(z.describe("Vapi's id of the call; only queued and error may lack it.")),
  createdAt: time,
  duration: amount.check(z.describe("Minutes; else computed from startedAt and endedAt.")),
  provider: context('{"name", "phone", "service", "location"}'),
  request: context('{"criteria", "urgency"}'),
  error: text,
  message: text,
  lastKnownStatus: text,
}).check(
  z.refine(({ status, callId }) => callId || status === "queued" || status === "error", {
    path: ["callId"],
    error: "Invalid input: expected the call's id, which only queued and error may lack",
  }),
);

/** The body of `POST /functions/v1/save-call-result`: the one source of its types, its checks and its JSON Schema. */
export const callResultSchema = z.object({
  providerId: uuid,
  serviceRequestId: uuid,
  callResult,
});

/** A body as far as it could be read. */
export type CallResultBody = z.output<typeof callResultSchema>;

/**
 * Reads a body by {@link callResultSchema}: ids and status decide whether it is accepted.
 *
 * @throws {Problem} `invalid_payload`, with an issue for each of these that is wrong.
 */
export function readCallResult(body: unknown): Reading<CallResultBody> {
  return read(callResultSchema, body, [
    "providerId",
    "serviceRequestId",
    "callResult",
    "callResult.status",
    "callResult.callId",
  ]);
}

const MAX_KEY_LENGTH = 255;

/**
 * What a body reports. The `Idempotency-Key` tells reports without a call id apart.
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
  const { status, endedReason, lastKnownStatus } = result;
  const report = readReport([result, result.artifact]);
  return {
    ...report,
    source: "kestra",
    providerId,
    serviceRequestId,
    status: status === "completed" && present(endedReason) ? "ended" : status,
    callId: result.callId,
    createdAt: result.createdAt,
    duration: result.duration ?? report.duration,
    error: result.error,
    message: present(result.message) ??
      (present(lastKnownStatus) &&
        `No result came in time; the call was last seen ${lastKnownStatus}.`),
    callMethod: "kestra",
    idempotencyKey,
  };
}
