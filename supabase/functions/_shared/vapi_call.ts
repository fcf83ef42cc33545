/**
 * The shapes in which Vapi tells of a call: what a webhook's message, `GET /call/ID` and the body of
 * `save-call-result` have in common. Only the fields named here are read, because a body can carry
 * credentials and whole prompts. Each may be absent, null or empty; `read` leaves out what does not fit.
 *
 * Source: the types of `@vapi-ai/server-sdk` 2.0.1, and what real payloads show beyond them.
 */
import * as z from "zod/mini";
import { isoTime, isTime } from "./time.ts";
import { isSpoken } from "./transcript.ts";

/** Null counts as absent. */
function maybe<T extends z.core.$ZodType>(schema: T) {
  return z.optional(
    z.pipe(z.nullable(schema), z.transform((value) => value === null ? undefined : value)),
  );
}

/** A text, of whatever length. */
export const text = maybe(z.string());

const expectedNumber = "Invalid input: expected a number of at least 0";
/** A number, or one that was written as text. */
export const amount = maybe(z.union([
  z.number().check(z.nonnegative(expectedNumber)),
  z.pipe(
    z.string().check(z.regex(/^\s*(\d{1,15}(\.\d+)?)?\s*$/)),
    z.transform((digits) => digits.trim() ? Number(digits) : undefined),
  ),
], expectedNumber));

const expectedTime =
  "Invalid input: expected an ISO 8601 time of this century that is no more than a day ahead";
/** ISO 8601, or milliseconds since 1970; read as ISO 8601 in UTC. */
export const time = maybe(z.pipe(
  z.union([z.string(), z.number()], expectedTime).check(z.refine(isTime, expectedTime)),
  z.transform(isoTime),
));

const url = maybe(
  z.string().check(z.regex(/^(https?:\/\/\S+)?$/i, "Invalid input: expected an http or https URL")),
);

/** UUIDs are equal in any case. */
export const uuid = z.pipe(
  z.guid("Invalid input: expected a UUID"),
  z.transform((id) => id.toLowerCase()),
);

/** Whatever it is; Vapi's are UUIDs. */
export const callId = maybe(z.pipe(
  z.string().check(z.maxLength(255)),
  z.transform((id) => /^[0-9a-f-]{36}$/i.test(id.trim()) ? id.trim().toLowerCase() : id.trim()),
));

/** Without the system's, which hold the prompt, and without those of tools. */
const messages = maybe(z.pipe(
  z.array(z.unknown()),
  z.transform((messages) =>
    messages.filter(isSpoken)
      .map(({ role, message, content, isFiltered }) => ({ role, message, content, isFiltered }))
  ),
));

const conversation = {
  transcript: maybe(
    z.union([z.string(), z.array(z.unknown())], "Invalid input: expected text, or a list of turns"),
  ),
  messages,
  messagesOpenAIFormatted: messages,
  recordingUrl: url,
  recording: maybe(z.object({
    mono: maybe(z.object({ combinedUrl: url })),
    stereoUrl: url,
  })),
  structuredOutputs: z.optional(z.unknown()),
};

/** What is said of a call, at whichever level it is said. */
export const reportShape = {
  ...conversation,
  artifact: maybe(z.object(conversation)),
  analysis: maybe(z.object({
    summary: text,
    structuredData: z.optional(z.unknown()),
    successEvaluation: z.optional(z.unknown()),
  })),
  summary: text,
  structuredData: z.optional(z.unknown()),
  successEvaluation: z.optional(z.unknown()),
  endedReason: text,
  startedAt: time,
  endedAt: time,
  durationMinutes: amount,
  durationSeconds: amount,
  durationMs: amount,
  cost: amount,
  costBreakdown: maybe(z.object({ total: amount })),
  costs: maybe(z.array(maybe(z.object({ cost: amount })))),
};

const metadata = maybe(
  z.object({ providerId: maybe(uuid), serviceRequestId: maybe(uuid), kestraExecutionId: text }),
);
const artifactPlan = maybe(z.object({
  transcriptPlan: maybe(z.object({ assistantName: text, userName: text })),
}));
const assistant = maybe(z.object({ metadata, artifactPlan }));
/** May be anything of the caller's own; only a UUID is looked at. */
const customer = maybe(z.object({ externalId: z.optional(z.unknown()) }));

/** A call, as `GET /call/ID` answers it. */
export const vapiCallSchema = z.object({
  ...reportShape,
  id: callId,
  status: text,
  createdAt: time,
  updatedAt: time,
  /** May be days ahead, as no other time. */
  schedulePlan: maybe(z.object({ earliestAt: maybe(z.iso.datetime({ offset: true })) })),
  metadata,
  artifactPlan,
  assistant,
  assistantOverrides: assistant,
  squad: maybe(z.object({
    membersOverrides: assistant,
    members: maybe(z.array(maybe(z.object({ assistant, assistantOverrides: assistant })))),
  })),
  squadOverrides: assistant,
  customer,
});

/** The `message` of a webhook's body: the call's report at its own level, and a stale call inside. */
export const vapiMessageSchema = z.object({
  ...reportShape,
  type: text,
  status: text,
  call: maybe(vapiCallSchema),
  assistant,
  customer,
});

/** A webhook's message as far as it could be read. */
export type VapiMessage = z.output<typeof vapiMessageSchema>;

/** A call as far as it could be read. */
export type VapiCall = z.output<typeof vapiCallSchema>;
