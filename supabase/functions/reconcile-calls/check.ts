import { callEvent, type CallStatus } from "../_shared/call_event.ts";
import { dataApi, dataOf } from "../_shared/data_api.ts";
import { keepingRejected } from "../_shared/rejected.ts";
import { saveCallEvent } from "../_shared/save.ts";
import type { VapiCall } from "../_shared/vapi_call.ts";
import { note, repeat, type Run } from "./run.ts";
import { isLastWord, saveCall } from "./save_call.ts";

const HOURS = 3_600_000;
/** For a call that Vapi does not have, or that does not end. */
const GIVE_UP_AFTER_MS = 24 * HOURS;
/** For a call that Vapi could not be asked about, for example with a key that has expired. */
const GIVE_UP_ASKING_AFTER_MS = 7 * 24 * HOURS;

interface DueCall {
  /** Null for a provider who was queued and not dialled. */
  call_id: string | null;
  call_status: CallStatus;
  provider_id: string;
  service_request_id: string;
  called_at: string;
  is_dialled: boolean;
}

type Finding = "recovered" | "stillOpen" | "gaveUp" | "nothing";

/** Asks Vapi about the calls that are due, and gives up those that nothing will be heard of. */
export async function checkDueCalls(run: Run): Promise<void> {
  await repeat(run, async () => {
    if (!run.vapi.answers) return false;
    const [call]: DueCall[] = await dataOf(dataApi().rpc("claim_due_call"));
    if (!call) return false;
    const finding = await check(run, call).catch((error) => {
      note(run, error);
      return "stillOpen" as const;
    });
    run.counts.checked++;
    if (finding !== "nothing") run.counts[finding]++;
    return true;
  });
}

async function check(run: Run, call: DueCall): Promise<Finding> {
  if (call.call_id === null) {
    return call.is_dialled
      ? "nothing"
      : await giveUp(call, "Never dialled: no call was placed within an hour.");
  }
  let answer: VapiCall | undefined;
  try {
    answer = await run.vapi.get(call.call_id);
  } catch (error) {
    if (ageOf(call) < GIVE_UP_ASKING_AFTER_MS) throw error;
    note(run, error);
    return await giveUp(call, "Given up: Vapi could not be asked about this call for a week.");
  }
  if (answer && isLastWord(answer)) return await bringHome(call, answer);
  if (ageOf(call) < GIVE_UP_AFTER_MS) return "stillOpen";
  return await giveUp(
    call,
    answer
      ? "Given up: the call was not seen to end within a day."
      : "Given up: Vapi does not have this call.",
  );
}

async function bringHome(call: DueCall, ended: VapiCall): Promise<Finding> {
  const link = {
    callId: call.call_id!,
    providerId: call.provider_id,
    serviceRequestId: call.service_request_id,
  };
  const { outcome } = await keepingRejected(
    () => saveCall(ended, link),
    () => ({ source: "vapi_api", payload: link }),
  );
  return outcome === "duplicate" ? "nothing" : "recovered";
}

/** An ending stands, whatever it lacks; everything else becomes an error. */
async function giveUp(call: DueCall, error: string): Promise<Finding> {
  if (!["queued", "in_progress", "timeout", "error"].includes(call.call_status)) return "nothing";
  const event = callEvent({
    source: "vapi_api",
    providerId: call.provider_id,
    serviceRequestId: call.service_request_id,
    callId: call.call_id,
    status: "error",
    error,
  });
  await saveCallEvent(event, {});
  return "gaveUp";
}

function ageOf({ called_at }: DueCall): number {
  return Date.now() - Date.parse(called_at);
}
