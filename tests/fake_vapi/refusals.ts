import type { Vapi } from "@vapi-ai/server-sdk";
import { objectionsToOutputs } from "./structured_outputs.ts";
import { isObject, type KeysOf, objectOf, unknownKeys } from "./objections.ts";

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

const artifactPlanKeys: KeysOf<Vapi.ArtifactPlan> = {
  recordingEnabled: true,
  recordingFormat: true,
  recordingUseCustomStorageEnabled: true,
  videoRecordingEnabled: true,
  fullMessageHistoryEnabled: true,
  pcapEnabled: true,
  pcapS3PathPrefix: true,
  pcapUseCustomStorageEnabled: true,
  loggingEnabled: true,
  loggingUseCustomStorageEnabled: true,
  transcriptPlan: true,
  recordingPath: true,
  structuredOutputIds: true,
  structuredOutputs: true,
  scorecardIds: true,
  scorecards: true,
  loggingPath: true,
};

const e164 = /^\+[1-9]\d{6,14}$/;
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What Vapi would object to in the body of `POST /call`; empty when it would place the call. */
export function objectionsTo(body: unknown): string[] {
  if (!isObject(body)) return ["body must be an object"];
  const { customer, assistant, phoneNumberId } = body;
  const { server, analysisPlan, artifactPlan } = isObject(assistant) ? assistant : {};
  return [
    ...unknownKeys("", body, callKeys),
    ...unknownKeys("customer.", customer, customerKeys),
    ...unknownKeys("assistant.", assistant, assistantKeys),
    ...objectOf("assistant.server", server, serverKeys),
    ...objectOf("assistant.analysisPlan", analysisPlan, analysisPlanKeys),
    ...objectOf("assistant.artifactPlan", artifactPlan, artifactPlanKeys),
    ...isObject(artifactPlan)
      ? objectionsToOutputs(
        "assistant.artifactPlan.structuredOutputs",
        artifactPlan.structuredOutputs,
      )
      : [],
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
