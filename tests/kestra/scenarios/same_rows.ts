import assert from "node:assert/strict";
import { answered, endOfCallReport, unanswered } from "../../fake_vapi/mod.ts";
import type { Provider } from "../backend.ts";
import type { Bench } from "../bench.ts";
import { completions, unansweredCompletions } from "../completions.ts";

/** What tells two providers apart that were called alike. */
const OWN = ["id", "request_id", "call_id", "created_at", "updated_at"];

/** The flow hands over what Vapi says, and the function reads it as it reads Vapi's own report. */
export const sameRows: Record<string, (bench: Bench) => Promise<void>> = {
  async "the flow and the webhook make the same row of a call, field by field"(bench) {
    const calls = [
      ...Object.entries(completions).map(([name, completed]) => {
        return { name, provider: bench.provider(answered({ ...quick, completed })) };
      }),
      ...Object.entries(unansweredCompletions).map(([name, { endedReason, ...completed }]) => {
        return { name, provider: bench.provider(unanswered(endedReason, { ...quick, completed })) };
      }),
    ];
    for (let from = 0; from < calls.length; from += 20) {
      const providers = calls.slice(from, from + 20).map(({ provider }) => provider);
      const execution = await bench.contact(providers);
      assert.equal(execution.state.current, "SUCCESS");
    }
    const flow: Record<string, unknown> = {};
    const webhook: Record<string, unknown> = {};
    for (const { name, provider } of calls) {
      flow[name] = await rowOf(bench, provider);
      webhook[name] = await rowOf(bench, await reportToWebhook(bench, provider));
    }
    assert.deepEqual(flow, webhook);
  },

  async "no prompt and no credential of a call leaves the flow"(bench) {
    const secret = "very-private";
    const message = { role: "user", message: "Yes.", [secret]: 1, metadata: { secret } };
    const prompts = ["system", "tool_calls", "tool_call_result", "developer", "function", "tool"]
      .map((role) => ({ role, message: secret, content: secret }));
    const conversation = {
      messages: [...prompts, message],
      messagesOpenAIFormatted: [...prompts, message],
      variableValues: { secret },
      logUrl: `https://storage.example/${secret}`,
    };
    const provider = bench.provider(answered({
      completed: {
        ...conversation,
        cost: 1,
        costs: [{ type: "model", cost: 1, model: { messages: prompts } }],
        costBreakdown: { total: 1, secret },
        phoneNumber: { twilioAuthToken: secret },
        transport: { secret },
        monitor: { controlUrl: secret },
        artifact: conversation,
        analysis: { summary: "s", structuredData: { a: 1 }, secret },
      },
    }));

    await bench.contact([provider]);

    const saves = bench.gateway.saves.filter(({ providerId }) => providerId === provider.id);
    assert(saves.some(({ body }) => body.includes("Yes.")));
    assert.deepEqual(saves.filter(({ body }) => body.includes(secret)), []);
  },
};

const quick = { artifactAfter: 0, endsAfter: 400 };

/** Reports a provider's call to the webhook, as a call to another provider. */
async function reportToWebhook(bench: Bench, provider: Provider): Promise<Provider> {
  const { backend } = bench;
  const call = bench.callTo(provider)!;
  const twin = { ...provider, id: crypto.randomUUID() };
  const requestId = crypto.randomUUID();
  await backend.prepare(requestId, [twin]);
  const body = JSON.stringify({ message: endOfCallReport(call) })
    .replaceAll(call.id, crypto.randomUUID())
    .replaceAll(provider.id, twin.id)
    .replaceAll(String(call.request.assistant?.metadata?.serviceRequestId), requestId);
  const response = await fetch(backend.webhook.url, {
    method: "POST",
    headers: {
      "authorization": `Bearer ${backend.webhook.token}`,
      "content-type": "application/json",
    },
    body,
  });
  assert.equal(response.status, 200, await response.text());
  return twin;
}

async function rowOf({ backend }: Bench, { id }: Provider): Promise<Record<string, unknown>> {
  const row = await backend.provider(id);
  return Object.fromEntries(Object.entries(row).filter(([column]) => !OWN.includes(column)));
}
