import type { Vapi } from "@vapi-ai/server-sdk";
import type { CallScript } from "./script.ts";
import { isObject, type KeysOf, objectOf, unknownKeys } from "./objections.ts";

const outputKeys: KeysOf<Vapi.CreateStructuredOutputDto> = {
  type: true,
  regex: true,
  model: true,
  compliancePlan: true,
  conditions: true,
  name: true,
  schema: true,
  description: true,
  assistantIds: true,
  workflowIds: true,
};

const schemaKeys: KeysOf<Vapi.JsonSchema> = {
  type: true,
  items: true,
  properties: true,
  description: true,
  pattern: true,
  format: true,
  required: true,
  enum: true,
  title: true,
};

const types: Record<Vapi.JsonSchemaType, true> = {
  string: true,
  number: true,
  integer: true,
  boolean: true,
  array: true,
  object: true,
};

/** What Vapi would object to in `artifactPlan.structuredOutputs`. */
export function objectionsToOutputs(path: string, outputs: unknown): string[] {
  if (outputs === undefined) return [];
  if (!Array.isArray(outputs)) return [`${path} must be an array`];
  return outputs.flatMap((output, i) => {
    if (!isObject(output)) return objectOf(`${path}.${i}`, output, outputKeys);
    const { name, type = "ai", schema } = output;
    return [
      ...unknownKeys(`${path}.${i}.`, output, outputKeys),
      ...typeof name === "string" && name ? [] : [`${path}.${i}.name should not be empty`],
      ...type === "ai" || type === "regex"
        ? []
        : [`${path}.${i}.type must be one of the following values: ai, regex`],
      ...objectionsToSchema(`${path}.${i}.schema`, schema),
    ];
  });
}

function objectionsToSchema(path: string, schema: unknown): string[] {
  if (!isObject(schema)) return [`${path} must be an object`];
  const { type, properties, items } = schema;
  return [
    ...unknownKeys(`${path}.`, schema, schemaKeys),
    ...typeof type === "string" && Object.hasOwn(types, type)
      ? []
      : [`${path}.type must be one of the following values: ${Object.keys(types).join(", ")}`],
    ...type === "array" ? objectionsToSchema(`${path}.items`, items) : [],
    ...type === "object" && !isObject(properties) ? [`${path}.properties must be an object`] : [],
    ...Object.entries(isObject(properties) ? properties : {}).flatMap(([name, property]) =>
      objectionsToSchema(`${path}.properties.${name}`, property)
    ),
  ];
}

/** What Vapi makes of a conversation: the parts of the script's analysis that the call asks for, where it asks for them. */
export function analysisOf(
  { assistant }: Vapi.CreateCallDto,
  script: CallScript,
): { analysis: Vapi.Analysis; structuredOutputs: CallScript["structuredOutputs"] } {
  const { summary, structuredData, successEvaluation } = script.analysis;
  const { summaryPlan, successEvaluationPlan } = assistant?.analysisPlan ?? {};
  const asked = assistant?.artifactPlan?.structuredOutputs;

  function resultOf({ name, schema }: Vapi.CreateStructuredOutputDto): unknown {
    if (schema.type === "object") return structuredData;
    if (name === "summary") return summary;
    return schema.type === "boolean" && successEvaluation
      ? successEvaluation === "true"
      : successEvaluation;
  }
  const made = asked?.map((output, i) => [
    `00000000-0000-4000-8000-00000000000${i}`,
    { name: output.name, result: resultOf(output) ?? null },
  ]);
  return {
    analysis: {
      ...(!asked && structuredData && { structuredData }),
      ...(summaryPlan?.enabled !== false && summary && { summary }),
      ...(successEvaluationPlan?.enabled !== false && successEvaluation && { successEvaluation }),
    },
    structuredOutputs: script.structuredOutputs ?? (made && Object.fromEntries(made)),
  };
}
