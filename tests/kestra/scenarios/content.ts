import assert from "node:assert/strict";
import { answered } from "../../fake_vapi/mod.ts";
import type { Bench } from "../bench.ts";

/** What goes to Vapi, and what comes back from it, arrives as it is. */
export const content: Record<string, (bench: Bench) => Promise<void>> = {
  async "the call tells Vapi whose it is, what to analyse and where to report"(bench) {
    const provider = {
      ...bench.provider(),
      name: "A name longer than Vapi's forty characters, LLC",
    };
    const serviceRequestId = crypto.randomUUID();

    await bench.contact([provider], { service_request_id: serviceRequestId });

    const { customer, assistant } = bench.vapi.calls.at(-1)?.request ?? {};
    assert.deepEqual(customer, { number: provider.phone, name: provider.name.slice(0, 40) });
    assert.equal(assistant?.metadata?.providerId, provider.id);
    assert.equal(assistant?.metadata?.serviceRequestId, serviceRequestId);
    assert.ok(assistant?.metadata?.kestraExecutionId);
    assert.deepEqual(assistant?.server?.headers, { Authorization: "Bearer secret-webhook-token" });
    const outputs = assistant?.artifactPlan?.structuredOutputs ?? [];
    assert.deepEqual(outputs.map(({ name, type, schema }) => [name, type, schema.type]), [
      ["provider_call", "ai", "object"],
      ["summary", "ai", "string"],
      ["success_evaluation", "ai", "boolean"],
    ]);
    assert.deepEqual(Object.keys(outputs[0].schema.properties ?? {}).sort(), [
      "all_criteria_met",
      "availability",
      "call_outcome",
      "criteria_details",
      "disqualification_reason",
      "disqualified",
      "earliest_availability",
      "estimated_rate",
      "notes",
      "recommended",
      "single_person_found",
      "technician_name",
    ]);
  },

  async "what is asked for is made once, and is the provider's result"(bench) {
    const provider = bench.provider();
    await bench.contact([provider]);

    const { analysis } = bench.callTo(provider)!.result();
    assert.deepEqual(analysis, {}, "the outputs alone are paid for");
    const row = await bench.backend.provider(provider.id);
    const { summary, structuredData, successEvaluation } = answered().analysis;
    assert.deepEqual(
      [row.call_summary, row.call_result, row.call_success_evaluation],
      [summary, structuredData, successEvaluation],
    );
  },

  async "what people type reaches the prompt as it is and is never evaluated"(bench) {
    const criteria = `licensed, "insured" {{ 1 + 1 }} {{ secret('VAPI_API_KEY') }} {% if %} 😀`;
    await bench.contact([bench.provider()], { user_criteria: criteria });
    assert.match(
      JSON.stringify(bench.vapi.calls.at(-1)?.request),
      new RegExp(RegExp.escape(JSON.stringify(criteria).slice(1, -1))),
    );
  },

  async "a transcript full of quotes, braces, newlines and emoji arrives unharmed"(bench) {
    const message =
      `He said "it's {{ 1 + 1 }}" {% raw %} }} \\ \n\ttwo\r\nlines 😀 {"a": [null]} \${x}`;
    const provider = bench.provider(answered({ turns: [{ role: "user", message }] }));
    await bench.contact([provider]);
    const { call_transcript } = await bench.backend.provider(provider.id);
    assert.equal(call_transcript, `User: ${message}\n`);
  },

  async "a long conversation is saved whole"(bench) {
    const turns = Array.from({ length: 400 }, (_, turn) => ({
      role: turn % 2 ? "user" as const : "bot" as const,
      message: `${turn} ${"lorem ipsum ".repeat(20)}`,
    }));
    const provider = bench.provider(answered({ turns }));
    await bench.contact([provider]);
    const { call_transcript } = await bench.backend.provider(provider.id);
    assert.equal(call_transcript?.split("\n").length, turns.length + 1);
  },
};
