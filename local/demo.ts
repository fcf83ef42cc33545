/**
 * `deno task demo`: three calls to the seed's providers, as Kestra and Vapi would report them to a
 * running stack. A conversation, a voicemail and a call that nobody answers, in half a minute.
 */
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  answered,
  type CallScript,
  type FakeVapi,
  startFakeVapi,
  unanswered,
  voicemail,
} from "../tests/fake_vapi/mod.ts";
import { readSettings } from "./settings.ts";
import { PROJECT } from "./stack.ts";
import { StackError } from "./stack_error.ts";

const REQUEST = "11111111-1111-4111-8111-111111111111";

/** How the calls go; times in milliseconds. */
const CALLS: { name: string; number: string; placedAfter: number; script: CallScript }[] = [
  {
    name: "Blue Ridge Plumbing",
    number: "+15550100001",
    placedAfter: 0,
    script: answered({
      ringsAfter: 1000,
      answeredAfter: 3000,
      endsAfter: 14_000,
      artifactAfter: 2000,
      turns: [
        {
          role: "bot",
          message:
            "Good morning. I am calling for a customer with a leaking kitchen tap. Could somebody come this week?",
        },
        { role: "user", message: "Sure. What part of town is that?" },
        { role: "bot", message: "Greenville, near the park. It drips from the base of the spout." },
        {
          role: "user",
          message:
            "Sounds like a cartridge. I have Thursday at ten. The visit is 120 dollars, parts extra.",
        },
        { role: "bot", message: "And you are licensed in South Carolina?" },
        { role: "user", message: "Yes, fully licensed and insured." },
        { role: "bot", message: "Thank you. I will pass that on, and the customer will confirm." },
      ],
      analysis: {
        summary:
          "They can come on Thursday at ten. The visit costs 120 USD, parts extra. They are licensed and insured.",
        structuredData: {
          available: "Thursday at 10:00",
          price: 120,
          currency: "USD",
          licensed: true,
        },
        successEvaluation: "true",
      },
    }),
  },
  {
    name: "Swamp Rabbit Pipes",
    number: "+15550100002",
    placedAfter: 3000,
    script: voicemail({
      ringsAfter: 1000,
      answeredAfter: 5000,
      endsAfter: 4000,
      artifactAfter: 2000,
      analysis: { summary: "Their voicemail answered; no message was left." },
    }),
  },
  {
    name: "Paris Mountain Drains",
    number: "+15550100003",
    placedAfter: 3000,
    script: unanswered(undefined, { ringsAfter: 1000, endsAfter: 12_000, artifactAfter: 2000 }),
  },
];

if (import.meta.main) {
  try {
    const { values } = parseArgs({
      options: { url: { type: "string", default: "http://127.0.0.1:54321" } },
    });
    await playCalls(values.url.replace(/\/$/, ""));
  } catch (error) {
    console.error(error instanceof StackError ? error.message : error);
    process.exitCode = 1;
  }
}

async function playCalls(url: string) {
  const post = await poster(url);
  console.log(`Three calls; watch them at ${url}/live`);
  await using vapi = startFakeVapi({
    script: ({ customer }) => CALLS.find(({ number }) => number === customer?.number)!.script,
  });
  const told = tell(vapi);
  for (const [i, { name, number, placedAfter }] of CALLS.entries()) {
    await delay(placedAfter);
    const ids = {
      providerId: `22222222-2222-4222-8222-22222222222${i + 1}`,
      serviceRequestId: REQUEST,
    };
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
  await told;
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

const OTHER_SETTINGS = "Does the stack run with other settings, or without the seed?";

/** The ways into the stack, with its tokens. */
async function poster(url: string) {
  const settings = readSettings(PROJECT);
  const target = `${url}/functions/v1/save-call-result`;
  const bearer = (tokens: string) => ({ Authorization: `Bearer ${tokens.split(",")[0].trim()}` });
  const found = await fetch(target).catch(() => undefined);
  await found?.body?.cancel();
  if (found?.status !== 405) {
    throw new StackError(
      `No stack answers at ${url}. Start one in another terminal: deno task start`,
    );
  }
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

function log(name: string, what: string) {
  console.log(`${new Date().toLocaleTimeString()}  ${name}: ${what}`);
}
