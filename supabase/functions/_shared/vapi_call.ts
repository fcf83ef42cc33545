/**
 * What Vapi sends of a call, read defensively: a field of an unexpected type counts as absent, and
 * only the fields named here are read, because a body can carry credentials and whole prompts.
 *
 * Source: the types of `@vapi-ai/server-sdk` 2.0.1, and what real payloads show beyond them.
 */
import * as z from "zod/mini";
import { isOfThisCentury } from "./report.ts";
import { isSpoken } from "./transcript.ts";

function lenient<T extends z.core.$ZodType>(schema: T) {
  return z.catch(z.optional(schema), undefined);
}

const text = lenient(z.string());
const number = lenient(z.number().check(z.nonnegative()));
const url = lenient(z.string().check(z.regex(/^https?:\/\/\S+$/i)));
/** ISO 8601, or milliseconds since 1970. */
const time = lenient(z.pipe(
  z.union([z.string(), z.number()]).check(z.refine((value) => isoTime(value) !== undefined)),
  z.transform((value) => isoTime(value)!),
));

/** Undefined for what is no time of this century. */
function isoTime(value: string | number): string | undefined {
  const date = new Date(value);
  return isOfThisCentury(date) ? date.toISOString() : undefined;
}

const metadata = lenient(z.object({
  providerId: lenient(z.guid()),
  serviceRequestId: lenient(z.guid()),
  kestraExecutionId: text,
}));

/** Without the system's, which hold the prompt, and without those of tools. */
const messages = lenient(z.pipe(
  z.array(z.unknown()),
  z.transform((messages) =>
    messages.filter(isSpoken).map(({ role, message }) => ({ role, message }))
  ),
));

const conversation = {
  transcript: text,
  messages,
  recordingUrl: url,
  recording: lenient(z.object({
    mono: lenient(z.object({ combinedUrl: url })),
    stereoUrl: url,
  })),
  structuredOutputs: lenient(z.record(
    z.string(),
    lenient(z.object({ name: text, result: z.optional(z.unknown()) })),
  )),
};

const report = {
  ...conversation,
  artifact: lenient(z.object(conversation)),
  analysis: lenient(z.object({
    summary: text,
    structuredData: z.optional(z.unknown()),
    successEvaluation: lenient(z.union([z.string(), z.boolean(), z.number()])),
  })),
  summary: text,
  status: text,
  endedReason: text,
  startedAt: time,
  endedAt: time,
  durationMinutes: number,
  durationSeconds: number,
  cost: number,
};

const assistant = lenient(z.object({ metadata }));
const customer = lenient(z.object({ externalId: lenient(z.guid()) }));

/** A call, as `GET /call/ID` answers it. */
export const vapiCallSchema = z.object({
  ...report,
  id: lenient(z.string().check(z.minLength(1), z.maxLength(255))),
  createdAt: time,
  updatedAt: time,
  metadata,
  assistantOverrides: assistant,
  assistant,
  customer,
});

/** The `message` of a webhook's body: the call's report at its own level, and a stale call inside. */
export const vapiMessageSchema = z.object({
  ...report,
  type: z.string(),
  call: lenient(vapiCallSchema),
  assistant,
  customer,
});

/** A webhook's message as far as it could be read. */
export type VapiMessage = z.output<typeof vapiMessageSchema>;

/** A call as far as it could be read. */
export type VapiCall = z.output<typeof vapiCallSchema>;
