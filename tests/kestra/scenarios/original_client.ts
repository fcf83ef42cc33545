import assert from "node:assert/strict";
import { answered, problem, voicemail } from "../../fake_vapi/mod.ts";
import type { Provider } from "../backend.ts";
import type { Bench } from "../bench.ts";
import { parentFlow } from "../flows.ts";
import { type Execution, until } from "../kestra.ts";

/** What the client of the original flow makes of an execution. */
type Read = "in the database" | "every call failed" | unknown[];

/** The client of the original flow, which nobody changes when the flows are: its request, its patience, its reading. */
export const originalClient: Record<string, (bench: Bench) => Promise<void>> = {
  async "the original client's request is taken, and it reads that the results are in the database"(
    bench,
  ) {
    const providers = [bench.provider(), bench.provider(voicemail()), bench.provider()];
    const execution = await contact(bench, providers, {
      max_concurrent: 10,
      client_name: "Kari",
      client_address: "12 Storgata, Oslo",
    });

    assert.equal(read(execution), "in the database");
    for (const [i, status] of ["completed", "voicemail", "completed"].entries()) {
      assert.equal((await bench.backend.provider(providers[i].id)).call_status, status);
    }
    const prompt = promptOf(bench, providers[0]);
    assert.match(prompt, /^Client: Kari$/m);
    assert.match(prompt, /^Address: 12 Storgata, Oslo$/m);
  },

  async "what it does not know it sends as empty texts, which count as not given"(bench) {
    const provider = bench.provider();
    const execution = await contact(bench, [provider], {
      service_needed: "",
      user_criteria: " ",
      location: "",
      urgency: "\n",
    });

    assert.equal(read(execution), "in the database");
    const prompt = promptOf(bench, provider);
    assert.match(prompt, /^Client: my client$/m);
    for (const field of ["Service needed", "Location", "Address", "Urgency"]) {
      assert.match(prompt, new RegExp(`^${field}: not stated$`, "m"));
    }
    assert.match(prompt, /^What matters to the client: not stated$/m);
    assert.match(prompt, /^The problem: not described$/m);
  },

  async "providers without a result are told of by endings and log, in an execution that it understands"(
    bench,
  ) {
    const refused = bench.provider(answered({ createFaults: [problem(400, "Bad Request", [])] }));
    const unsaved = bench.provider();
    bench.gateway.fail(unsaved.id, [{ status: 422, code: "invalid_payload" }], "forever");
    const logged = bench.kestra.log().length;

    const execution = await contact(bench, [refused, unsaved, bench.provider()]);

    assert.equal(execution.state.current, "SUCCESS");
    assert.equal(read(execution), "in the database");
    assert.deepEqual(execution.outputs?.endings, { completed: 1, error: 1, not_saved: 1 });
    assert.match(
      bench.kestra.log().slice(logged),
      /WARN.*Not every provider has a result: \{"completed":1,"error":1,"not_saved":1\}/,
    );
  },

  async "an execution that no provider has a result of is one that it understands, too"(bench) {
    const refused = bench.provider(answered({ createFaults: [problem(401, "Unauthorized", [])] }));
    const execution = await contact(bench, [refused]);
    assert.equal(read(execution), "in the database");
    assert.equal((await bench.backend.provider(refused.id)).call_status, "error");
  },

  async "providers that cannot be called fail the execution, as it expects"(bench) {
    const provider = bench.provider();
    const unlinked = { name: provider.name, phone: provider.phone } as Provider;
    const execution = await ended(bench, await request(bench, [unlinked]));
    assert.equal(execution.state.current, "FAILED");
    assert.equal(read(execution), "every call failed");
    assert.equal(bench.callTo(provider), undefined);
  },

  async "where the flow of a call is not deployed the execution fails"(bench) {
    const parent = await parentFlow(bench.version);
    await bench.kestra.deploy(
      parent.replace("id: contact_providers", "id: half_deployed")
        .replace("flowId: contact_provider\n", "flowId: nobody_deployed_it\n"),
    );
    const provider = bench.provider();
    const execution = await ended(bench, await request(bench, [provider], {}, "half_deployed"));
    assert.equal(execution.state.current, "FAILED");
    assert.equal(read(execution), "every call failed");
  },
};

/** Its multipart form: lists as JSON, everything else as text, and a text even for what it does not know. */
async function request(
  { kestra, backend }: Bench,
  providers: Provider[],
  known: Record<string, string | number> = {},
  flow = "contact_providers",
): Promise<Execution> {
  const requestId = crypto.randomUUID();
  if (providers.every(({ id }) => id)) await backend.prepare(requestId, providers);
  const fields = {
    providers: JSON.stringify(providers.map(({ name, phone, id }) => ({ name, phone, id }))),
    service_needed: "plumber",
    user_criteria: "licensed",
    location: "Oslo",
    urgency: "within_2_days",
    max_concurrent: 5,
    service_request_id: requestId,
    client_name: "my client",
    client_address: "",
    problem_description: "",
    ...known,
  };
  return await kestra.start(
    flow,
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])),
  );
}

/** It knows three ways for an execution to end, and waits for one of them. */
async function ended({ kestra }: Bench, { id }: Execution): Promise<Execution> {
  let execution!: Execution;
  await until(async () => {
    const response = await fetch(`${kestra.url}/api/v1/main/executions/${id}`);
    execution = await response.json();
    return ["SUCCESS", "FAILED", "KILLED"].includes(execution.state.current);
  });
  return execution;
}

async function contact(
  bench: Bench,
  providers: Provider[],
  known?: Record<string, string | number>,
): Promise<Execution> {
  return await ended(bench, await request(bench, providers, known));
}

function read({ state, outputs }: Execution): Read {
  const results = outputs?.call_results || outputs?.results;
  if (state.current !== "SUCCESS" || !results) return "every call failed";
  if (typeof results !== "string") return results as unknown[];
  return /^\s*[[{]/.test(results) ? JSON.parse(results) : "in the database";
}

function promptOf(bench: Bench, provider: Provider): string {
  return String(bench.callTo(provider)?.request.assistant?.model?.messages?.[0].content);
}
