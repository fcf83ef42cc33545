import type { Bench } from "../bench.ts";
import { flow, parentFlow } from "../flows.ts";
import { evaluate, type Program } from "../programs.ts";

const odd: unknown[] = [
  null,
  "",
  "x",
  "\0",
  "2026",
  "2026-11-26T10:00:00Z",
  0,
  -1,
  1e300,
  true,
  [],
  [1],
  [null, "x", {}, [[]]],
  [{ a: [null] }],
  {},
  { a: 1 },
  { name: 1, result: "x" },
  { x: null, y: { result: 1 } },
];

const fields = ["status", "id", "createdAt", "startedAt", "endedAt", "updatedAt", "endedReason"]
  .concat("cost", "costBreakdown", "costs", "total", "transcript", "messages", "recordingUrl")
  .concat("messagesOpenAIFormatted", "recording", "summary", "structuredData", "analysis")
  .concat("successEvaluation", "artifact", "structuredOutputs", "name", "phone")
  .concat("role", "message", "content", "result");

/** A `jq` that fails writes its whole input, with phone numbers and transcripts, into the log. */
export const programs: Record<string, (bench: Bench) => Promise<void>> = {
  async "no program fails, whatever it is fed"(bench) {
    const answered = { status: "ended", startedAt: "2026-11-20T10:00:00Z", cost: 1 };
    const values = [
      ...odd,
      ...fields.flatMap((field) => odd.flatMap((value) => anywhere(field, value))),
    ];
    function anywhere(field: string, value: unknown) {
      const part = { [field]: value };
      return [
        { ...answered, ...part },
        {
          ...answered,
          artifact: part,
          analysis: part,
          costBreakdown: part,
          costs: [part],
          messages: [{ role: "user", ...part }],
          structuredOutputs: { i: { name: "summary", result: "x", ...part } },
        },
      ];
    }
    const call = await flow("contact_provider");
    for (const program of ["customer", "is_waiting", "is_done", "call_result"] as Program[]) {
      await evaluate(bench, call, program, values);
    }
    const lists = values.flatMap((value) => [value, [value, value]]);
    await evaluate(bench, await parentFlow(bench.version), "problems", lists);
  },
};
