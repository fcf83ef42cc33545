/**
 * `deno task demo`: three calls to the seed's providers, as Kestra and Vapi would report them to a
 * running stack. A conversation, a voicemail and a call that nobody answers, in half a minute.
 */
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { type FakeVapi, startFakeVapi } from "../tests/fake_vapi/mod.ts";
import { checkoutKey } from "./checkout.ts";
import { DENO, portNumber, readOptions } from "./command_line.ts";
import { CALLS, REQUEST } from "./demo_calls.ts";
import { readSettings } from "./settings.ts";
import { PROJECT } from "./stack.ts";
import { StackError } from "./stack_error.ts";

const HELP = `Plays three calls on the stack that runs: a conversation, a voicemail, nobody answers.

deno task demo [options]
  --port PORT     of the stack (that of STACK_URL, else 54321)
  --help          this text`;

const OTHER_SETTINGS = "Does the stack run with other settings, or without the seed?";

try {
  const { port, help } = readOptions({
    port: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (help) console.log(HELP);
  else if (port) await playCalls(`http://127.0.0.1:${portNumber("--port", port)}`);
  else await playCalls((process.env.STACK_URL || "http://127.0.0.1:54321").replace(/\/$/, ""));
} catch (error) {
  console.error(error instanceof StackError ? error.message : error);
  process.exit(1);
}

async function playCalls(url: string) {
  const post = await poster(url);
  console.log(`Three calls; watch them at ${url}/live`);
  await using vapi = startFakeVapi({
    script: ({ customer }) => CALLS.find(({ number }) => number === customer?.number)!.script,
  });
  await Promise.all([placeCalls(vapi, post), tell(vapi)]);
}

async function placeCalls(vapi: FakeVapi, post: Awaited<ReturnType<typeof poster>>) {
  for (const { providerId, name, number, placedAfter } of CALLS) {
    await delay(placedAfter);
    const ids = { providerId, serviceRequestId: REQUEST };
    const response = await fetch(`${vapi.url}/call`, {
      method: "POST",
      headers: { Authorization: `Bearer ${vapi.token}` },
      body: JSON.stringify({
        phoneNumberId: crypto.randomUUID(),
        customer: { number },
        assistant: { metadata: ids, server: post.webhook },
      }),
    });
    const { id, createdAt } = await response.json();
    await post.callResult({ ...ids, callResult: { status: "queued", callId: id, createdAt } });
    log(name, "queued");
  }
}

/** Says what Vapi tells of the calls, until it has told all. */
async function tell(vapi: FakeVapi) {
  let reports = 0;
  for (let at = 0; reports < CALLS.length; at++) {
    while (!vapi.deliveries[at]) await delay(50);
    const { callId, message, status } = vapi.deliveries[at];
    if (status !== 200) throw new StackError(`vapi-webhook answered ${status}. ${OTHER_SETTINGS}`);
    const { number } = vapi.calls.find((call) => call.id === callId)!.request.customer!;
    if (message.type === "end-of-call-report") reports++;
    log(
      CALLS.find((call) => call.number === number)!.name,
      message.type === "status-update" ? message.status : `report: ${message.endedReason}`,
    );
  }
}

/** The ways into the stack, with its tokens. */
async function poster(url: string) {
  const settings = readSettings(PROJECT);
  const target = `${url}/functions/v1/save-call-result`;
  const bearer = (tokens: string) => ({ Authorization: `Bearer ${tokens.split(",")[0].trim()}` });
  await findStack(url);
  return {
    webhook: {
      url: `${url}/functions/v1/vapi-webhook`,
      headers: bearer(settings.VAPI_WEBHOOK_TOKEN),
    },
    async callResult(body: unknown) {
      const headers = {
        ...bearer(settings.CALL_RESULTS_TOKEN),
        "Content-Type": "application/json",
      };
      const response = await fetch(target, { method: "POST", headers, body: JSON.stringify(body) });
      const { detail } = await response.json();
      if (!response.ok) throw new StackError(`save-call-result: ${detail} ${OTHER_SETTINGS}`);
    },
  };
}

/** Fails unless this checkout's stack answers: another one's rows are not the demo's to write. */
async function findStack(url: string) {
  const start = `Start one in another terminal: ${DENO} task start`;
  const found = await fetch(`${url}/live/config.json`).catch(() => undefined);
  if (!found) throw new StackError(`No stack answers at ${url}. ${start}`);
  const { checkout } = await found.json().catch(() => ({}));
  if (checkout === checkoutKey(PROJECT)) return;
  const ours = "Name the port of your own with --port.";
  throw new StackError(`The stack at ${url} is not this checkout's. ${ours} ${start}`);
}

function log(name: string, what: string) {
  console.log(`${new Date().toLocaleTimeString()}  ${name}: ${what}`);
}
