import type { Json } from "./database.types.ts";
import { isEmpty } from "./read.ts";

/** What a call's structured outputs say, in the terms of an analysis. */
export interface Outputs {
  summary?: string;
  successEvaluation?: Json;
  structuredData?: Json;
}

/** What an output is called that is the summary, or the verdict: in any case, with any separators. */
const SUMMARY = /^(call)?summary$/;
const SUCCESS_EVALUATION = /^successevaluation/;

/**
 * Reads `artifact.structuredOutputs`: `{id: {name, result}}`, or a list of them. A text named
 * `summary` or `call_summary` is the summary, and what is named `success_evaluation` the verdict. Of the rest, a
 * lone object is the structured data itself; else the data is `{name: result}`, where a name that repeats carries
 * its id. An output without a result (null, or an empty one) has not been made, or has nothing to say.
 *
 * Source: https://docs.vapi.ai/assistants/structured-outputs; `CreateStructuredOutputDto` of the SDK.
 */
export function readOutputs(structuredOutputs: unknown): Outputs {
  const outputs: Outputs = {};
  const rest: Output[] = [];
  for (const output of outputsOf(structuredOutputs)) {
    const { name, result } = output;
    const plainName = name.toLowerCase().replaceAll(/[\s_-]+/g, "");
    if (SUMMARY.test(plainName) && typeof result === "string" && !outputs.summary) {
      outputs.summary = result;
    } else if (SUCCESS_EVALUATION.test(plainName) && outputs.successEvaluation === undefined) {
      outputs.successEvaluation = result;
    } else {
      rest.push(output);
    }
  }
  if (rest.length === 1 && isRecord(rest[0].result)) outputs.structuredData = rest[0].result;
  else if (rest.length > 0) outputs.structuredData = byName(rest);
  return outputs;
}

interface Output {
  id: string;
  name: string;
  result: Json;
}

/** Those that have a result, in the order of their ids. */
function outputsOf(structuredOutputs: unknown): Output[] {
  const entries: [string, unknown][] = Array.isArray(structuredOutputs)
    ? structuredOutputs.map((output, i) => [`${output?.id ?? i + 1}`, output])
    : Object.entries(isRecord(structuredOutputs) ? structuredOutputs : {});
  return entries
    .filter(([, output]) => isRecord(output) && !isEmpty(output.result))
    .map(([id, output]) => {
      const { name, result } = output as { name?: unknown; result: Json };
      return { id, name: typeof name === "string" && name.trim() ? name : id, result };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function byName(outputs: Output[]): Json {
  const times = (name: string) => outputs.filter((output) => output.name === name).length;
  return Object.fromEntries(
    outputs.map(({ id, name, result }) => [times(name) > 1 ? `${name} (${id})` : name, result]),
  );
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
