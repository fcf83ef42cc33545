import assert from "node:assert/strict";
import { isComplete } from "../../../supabase/functions/reconcile-calls/last_word.ts";
import { read } from "../../../supabase/functions/_shared/read.ts";
import { normalize } from "../../../supabase/functions/_shared/report.ts";
import { vapiCallSchema } from "../../../supabase/functions/_shared/vapi_call.ts";
import { readReport } from "../../../supabase/functions/_shared/vapi_report.ts";
import type { Bench } from "../bench.ts";
import { flow } from "../flows.ts";
import { evaluate } from "../programs.ts";

type Call = Record<string, unknown>;
type Part = { top?: Call; artifact?: Call; analysis?: Call; outputs?: Record<string, unknown> };

const spoken = [{ role: "user", message: "Yes." }];
const output = (name: string, result: unknown) => ({ name, result });

/** What may be there of a call that ended, each with everything that may hold it. */
const parts: Record<string, Part[]> = {
  cost: [
    {},
    { top: { cost: null } },
    { top: { cost: 0 } },
    { top: { cost: 0.2 } },
    { top: { costBreakdown: { total: 0.2 } } },
    { top: { costs: [{ type: "voice", cost: 0.1 }, { type: "model", cost: 0.1 }] } },
    { top: { cost: null, costBreakdown: {}, costs: [] } },
  ],
  answer: [{ top: { startedAt: null } }, { top: { startedAt: "2026-11-20T10:00:10.000Z" } }],
  words: [
    {},
    { top: { transcript: "", messages: [] }, artifact: { transcript: " \n", messages: [] } },
    { top: { messages: [{ role: "system", message: "You are an assistant." }] } },
    { top: { transcript: "User: Yes." }, artifact: { transcript: "" } },
    { top: { transcript: "" }, artifact: { transcript: "User: Yes." } },
    { top: { messages: spoken }, artifact: { messages: [] } },
    { artifact: { messages: spoken } },
    { artifact: { messages: [{ role: "customer", content: [{ type: "text", text: "Yes." }] }] } },
    { top: { messagesOpenAIFormatted: [{ role: "assistant", content: "Hello." }] } },
    { top: { transcript: [{ role: "user", message: "Yes." }] } },
  ],
  summary: [
    {},
    { top: { summary: "" }, analysis: { summary: " " }, outputs: { s: output("summary", "") } },
    { outputs: { s: output("summary", null) } },
    { top: { summary: "Friday." }, analysis: { summary: "" } },
    { analysis: { summary: "Friday." } },
    { outputs: { s: output("Call Summary", "Friday.") } },
  ],
  data: [
    {},
    {
      top: { structuredData: [] },
      analysis: { structuredData: {} },
      outputs: { d: output("x", {}) },
    },
    { outputs: { d: output("success_evaluation", true) } },
    { top: { structuredData: { rate: 90 } }, analysis: { structuredData: {} } },
    { analysis: { structuredData: { rate: 90 } }, outputs: { d: output("x", null) } },
    { outputs: { d: output("x", false) } },
    { outputs: { d: output("x", { rate: 90 }) } },
  ],
};

/** Outputs in the other shapes that they may have. */
const shapes: Call[] = [
  [output("summary", "s"), output("x", 1)],
  [output("summary", "s"), output("summary", "t")],
  [output("summary", { text: "s" })],
  [output("summary", "s"), output("success_evaluation", 1), output("Success-Evaluation 2", 2)],
  {},
].flatMap((outputs) => [
  { structuredOutputs: outputs },
  { artifact: { structuredOutputs: outputs } },
  { structuredOutputs: {}, artifact: { structuredOutputs: outputs } },
]);

/** When a call that has ended counts as having said all. */
export const endings: Record<string, (bench: Bench) => Promise<void>> = {
  async "the flow, the reconciler and the database have one notion of a complete ending"(bench) {
    const calls = [
      ...combinations(),
      ...shapes.map((shape) =>
        ended([{ top: { startedAt: "2026-11-20T10:00:10.000Z", cost: 1 } }], {
          transcript: "User: Yes.",
          ...shape,
        })
      ),
    ];
    const done = await evaluate<boolean>(bench, await flow("contact_provider"), "is_done", calls);

    done.forEach((isDone, i) =>
      assert.equal(isDone, isCompleteCall(calls[i]), JSON.stringify(calls[i]))
    );
    assert(done.includes(true) && done.includes(false));
  },

  async "an ending that is not complete is waited for, from whichever time is known, and no other status"(
    bench,
  ) {
    const [past, ahead] = ["2026-11-20T10:00:10.123Z", "2999-01-01T00:00:00Z"];
    const table: [Call, boolean][] = [
      [{ status: "ended", endedAt: past }, true],
      [{ status: "ended", endedAt: ahead, updatedAt: past }, false],
      [{ status: "ended", endedAt: null, updatedAt: ahead, createdAt: past }, false],
      [{ status: "ended", endedAt: "", createdAt: past }, true],
      [{ status: "ended", endedAt: Date.parse(ahead) }, false],
      [{ status: "ended" }, true],
      [{ status: "in-progress", endedAt: past, cost: 1 }, false],
      [{}, false],
    ];
    const done = await evaluate(
      bench,
      await flow("contact_provider"),
      "is_done",
      table.map(([call]) => call),
    );
    assert.deepEqual(done, table.map(([, isDone]) => isDone));
  },
};

function combinations(): Call[] {
  let all: Part[][] = [[]];
  for (const alternatives of Object.values(parts)) {
    all = all.flatMap((chosen) => alternatives.map((part) => [...chosen, part]));
  }
  return all.map((chosen) => ended(chosen));
}

/** A call of which the end lies ahead, so that nothing but what is there decides. */
function ended(chosen: Part[], more: Call = {}): Call {
  const merged = (of: keyof Part) => Object.assign({}, ...chosen.map((part) => part[of]));
  return {
    status: "ended",
    endedAt: "2999-01-01T00:00:00.000Z",
    ...merged("top"),
    analysis: merged("analysis"),
    artifact: { ...merged("artifact"), structuredOutputs: merged("outputs") },
    ...more,
  };
}

function isCompleteCall(call: Call): boolean {
  const { value } = read(vapiCallSchema, structuredClone(call));
  return isComplete(normalize({
    ...readReport([value, value.artifact]),
    source: "vapi_api",
    providerId: "p",
    serviceRequestId: "r",
    status: "ended",
  }));
}
