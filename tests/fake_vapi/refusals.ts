import type { Vapi } from "@vapi-ai/server-sdk";

type Json = Record<string, unknown>;
type KeysOf<T> = Record<keyof Required<T>, true>;

const callKeys: KeysOf<Vapi.CreateCallDto> = {
  assistantVersion: true,
  transport: true,
  customers: true,
  name: true,
  schedulePlan: true,
  assistantId: true,
  assistant: true,
  assistantOverrides: true,
  squadId: true,
  squad: true,
  squadOverrides: true,
  workflowId: true,
  workflow: true,
  workflowOverrides: true,
  phoneNumberId: true,
  phoneNumber: true,
  customerId: true,
  customer: true,
};

const customerKeys: KeysOf<Vapi.CreateCustomerDto> = {
  numberE164CheckEnabled: true,
  extension: true,
  assistantOverrides: true,
  squadOverrides: true,
  number: true,
  sipUri: true,
  name: true,
  email: true,
  externalId: true,
};

const assistantKeys: KeysOf<Vapi.CreateAssistantDto> = {
  transcriber: true,
  model: true,
  voice: true,
  firstMessage: true,
  firstMessageInterruptionsEnabled: true,
  firstMessageMode: true,
  voicemailDetection: true,
  clientMessages: true,
  serverMessages: true,
  maxDurationSeconds: true,
  backgroundSound: true,
  modelOutputInMessagesEnabled: true,
  transportConfigurations: true,
  observabilityPlan: true,
  credentials: true,
  hooks: true,
  name: true,
  voicemailMessage: true,
  endCallMessage: true,
  endCallPhrases: true,
  compliancePlan: true,
  metadata: true,
  backgroundSpeechDenoisingPlan: true,
  analysisPlan: true,
  artifactPlan: true,
  startSpeakingPlan: true,
  stopSpeakingPlan: true,
  monitorPlan: true,
  credentialIds: true,
  server: true,
  keypadInputPlan: true,
};

const serverKeys: KeysOf<Vapi.Server> = {
  timeoutSeconds: true,
  credentialId: true,
  staticIpAddressesEnabled: true,
  encryptedPaths: true,
  url: true,
  headers: true,
  backoffPlan: true,
};

const analysisPlanKeys: KeysOf<Vapi.AnalysisPlan> = {
  minMessagesThreshold: true,
  summaryPlan: true,
  structuredDataPlan: true,
  structuredDataMultiPlan: true,
  successEvaluationPlan: true,
  outcomeIds: true,
};

const e164 = /^\+[1-9]\d{6,14}$/;
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What Vapi would object to in the body of `POST /call`; empty when it would place the call. */
export function objectionsTo(body: unknown): string[] {
  if (!isObject(body)) return ["body must be an object"];
  const { customer, assistant, phoneNumberId } = body;
  return [
    ...unknownKeys("", body, callKeys),
    ...unknownKeys("customer.", customer, customerKeys),
    ...unknownKeys("assistant.", assistant, assistantKeys),
    ...objectOf("assistant.server", isObject(assistant) ? assistant.server : undefined, serverKeys),
    ...objectOf(
      "assistant.analysisPlan",
      isObject(assistant) ? assistant.analysisPlan : undefined,
      analysisPlanKeys,
    ),
    ...objectionsToPhoneNumber(body.phoneNumber, phoneNumberId),
    ...objectionsToCustomer(customer),
    ...(assistant ?? body.assistantId ?? body.squad ?? body.squadId ?? body.workflowId) ===
        undefined
      ? ["Need one of `assistant`, `assistantId`, `squad`, `squadId` or `workflowId`."]
      : [],
  ];
}

function objectionsToPhoneNumber(phoneNumber: unknown, phoneNumberId: unknown): string[] {
  if (phoneNumber === undefined && phoneNumberId === undefined) {
    return ["Need either `phoneNumberId` or `phoneNumber`."];
  }
  if (phoneNumberId !== undefined && !uuid.test(String(phoneNumberId))) {
    return ["phoneNumberId must be a UUID"];
  }
  return [];
}

function objectionsToCustomer(customer: unknown): string[] {
  if (!isObject(customer)) return ["Need either `customer` or `customerId`."];
  if (!e164.test(String(customer.number))) {
    return ["customer.number must be a valid phone number in the E.164 format."];
  }
  if (typeof customer.name === "string" && customer.name.length > 40) {
    return ["customer.name must be shorter than or equal to 40 characters"];
  }
  return [];
}

function objectOf(path: string, value: unknown, known: Json): string[] {
  if (value === undefined) return [];
  return isObject(value) ? unknownKeys(`${path}.`, value, known) : [`${path} must be an object`];
}

function unknownKeys(path: string, value: unknown, known: Json): string[] {
  if (!isObject(value)) return [];
  return Object.keys(value)
    .filter((key) => !(key in known))
    .map((key) => `${path}property ${key} should not exist`);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
