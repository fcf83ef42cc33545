import {
  answered,
  type CallScript,
  endless,
  type FakeCall,
  type FakeVapi,
  startFakeVapi,
} from "../fake_vapi/mod.ts";
import { type Backend, type FaultyGateway, type Provider, startFaultyGateway } from "./backend.ts";
import { flow, parentFlow } from "./flows.ts";
import { type Execution, type Kestra, startKestra } from "./kestra.ts";

/** The form fields of `contact_providers`, as far as they are not the usual ones. */
export type Inputs = Record<string, string>;

/** Kestra with the flows deployed, between a fake Vapi and a backend. */
export interface Bench extends AsyncDisposable {
  readonly version: string;
  readonly kestra: Kestra;
  readonly vapi: FakeVapi;
  readonly backend: Backend;
  readonly gateway: FaultyGateway;
  /** A provider with a number of its own, whose call follows a script. */
  provider(script?: CallScript): Provider;
  /** Starts `contact_providers` for a service request and providers that the backend knows. */
  start(providers: Provider[], inputs?: Inputs): Promise<Execution>;
  /** The call to a provider, once Vapi has taken it. */
  callTo(provider: Provider): FakeCall | undefined;
  /** The same, to its end. */
  contact(providers: Provider[], inputs?: Inputs): Promise<Execution>;
  /** Starts `contact_providers` with any inputs at all. */
  submit(inputs: Inputs): Promise<Execution>;
}

const secret = (value: string) => btoa(value);

/** Starts everything, with times short enough for tests. */
export async function startBench(
  version: string,
  backend: Backend,
  settings: Record<string, string> = {},
): Promise<Bench> {
  const scripts = new Map<string, CallScript>();
  const vapi = startFakeVapi({
    token: "secret-vapi-key",
    script: ({ customer }) => scripts.get(customer?.number ?? "") ?? endless(),
  });
  const gateway = startFaultyGateway(backend);
  const kestra = await startKestra(version, {
    ENV_SAVE_CALL_RESULT_URL: gateway.url,
    ENV_VAPI_BASE_URL: vapi.url,
    ENV_VAPI_PHONE_NUMBER_ID: "9c0bc080-2879-43ca-a7a2-59990d345120",
    ENV_CALL_POLL_INTERVAL: "PT0.2S",
    ENV_CALL_WATCH_FOR: "PT10S",
    ENV_CALL_ARTIFACT_WAIT_SECONDS: "2",
    ENV_CALL_RATE_LIMIT_INTERVAL: "PT0.2S",
    SECRET_VAPI_API_KEY: secret(vapi.token),
    SECRET_CALL_RESULTS_TOKEN: secret(backend.token),
    ENV_RECONCILE_CALLS_URL: backend.reconciler.url,
    SECRET_RECONCILE_TOKEN: secret(backend.reconciler.token),
    ...settings,
  });
  for (const each of await flowsFor(version)) await kestra.deploy(each);

  function submit(inputs: Inputs): Promise<Execution> {
    return kestra.start("contact_providers", {
      service_request_id: crypto.randomUUID(),
      service_needed: "plumber",
      user_criteria: "licensed",
      location: "Oslo",
      ...inputs,
    });
  }

  async function start(providers: Provider[], inputs: Inputs = {}): Promise<Execution> {
    const { service_request_id = crypto.randomUUID() } = inputs;
    await backend.prepare(service_request_id, providers);
    return await submit({ ...inputs, service_request_id, providers: JSON.stringify(providers) });
  }

  return {
    version,
    kestra,
    vapi,
    backend,
    gateway,
    callTo: ({ phone }) => vapi.calls.findLast(({ request }) => request.customer?.number === phone),
    submit,
    start,
    contact: async (providers, inputs) => await kestra.ended(await start(providers, inputs)),
    provider(script = answered()) {
      const phone = `+1555020${String(scripts.size).padStart(4, "0")}`;
      scripts.set(phone, script);
      return { id: crypto.randomUUID(), name: `Provider ${scripts.size}`, phone };
    },
    async [Symbol.asyncDispose]() {
      await kestra[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      await vapi.stop();
    },
  };
}

/** The flows of one line of Kestra, the waiting between the tries of a save made short. */
async function flowsFor(version: string): Promise<string[]> {
  const save = await flow("save_call_result");
  const hurried = save
    .replace("interval: PT2S", "interval: PT0.2S")
    .replace("maxInterval: PT1M", "maxInterval: PT0.5S")
    .replace("maxDuration: PT15M", "maxDuration: PT4S");
  return [
    hurried,
    await flow("contact_provider"),
    await parentFlow(version),
    await flow("reconcile_calls"),
  ];
}
