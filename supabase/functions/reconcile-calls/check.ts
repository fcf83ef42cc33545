import { type CallStatus, stageOf } from "../_shared/call_status.ts";
import { dataApi, dataOf } from "../_shared/data_api.ts";
import { Problem } from "../_shared/problem.ts";
import { keepingRejected } from "../_shared/rejected.ts";
import { normalize } from "../_shared/report.ts";
import { saveReport } from "../_shared/save.ts";
import type { VapiCall } from "../_shared/vapi_call.ts";
import { agreedLink, type Link, statedLink } from "../_shared/vapi_link.ts";
import { openStatus } from "../_shared/vapi_report.ts";
import { lastWordOf } from "./last_word.ts";
import { note, repeat, type Run, Share } from "./run.ts";
import { rejectedCall, saveCall } from "./save_call.ts";
import { VapiFailure } from "./vapi.ts";

const DAY_MS = 24 * 3_600_000;
/** For a call that Vapi could not be asked about, for example with a key that has expired. */
const GIVE_UP_ASKING_AFTER_MS = 7 * DAY_MS;

interface DueCall {
  /** Null for a provider who was queued and not dialled. */
  call_id: string | null;
  call_status: CallStatus;
  provider_id: string;
  service_request_id: string;
  /** When it was last heard of, or is to run. */
  last_sign_at: string;
  is_dialled: boolean;
}

type Finding = "recovered" | "stillOpen" | "gaveUp" | "nothing";

/** Asks Vapi about the calls that are due, and gives up those that nothing will be heard of. */
export async function checkDueCalls(run: Run): Promise<void> {
  await repeat(new Share({ steps: 150, seconds: 30 }), async () => {
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
    if (call.is_dialled) return "nothing";
    return await giveUp(call, "Never dialled: no call was placed within an hour.");
  }
  const link = {
    callId: call.call_id,
    providerId: call.provider_id,
    serviceRequestId: call.service_request_id,
  };
  const silence = Date.now() - Date.parse(call.last_sign_at);
  try {
    const answer = await run.vapi.get(link.callId);
    if (lastWordOf(answer, link)) return await recover(answer, link);
    if (openStatus(answer.status)) return await follow(call, answer, link);
    // Of one that has ended the last word is near.
    if (answer.status === "ended" || silence < DAY_MS) return "stillOpen";
    return await giveUp(call, "Given up: the call was not seen to end within a day.");
  } catch (error) {
    note(run, error);
    if (isLasting(error) && silence >= DAY_MS) {
      return await giveUp(
        call,
        error instanceof VapiFailure && error.retention
          ? "Given up: Vapi does not keep calls for so long, and had not said how this one ended."
          : "Given up: Vapi does not have this call, or what it says of it cannot be saved.",
      );
    }
    if (silence >= GIVE_UP_ASKING_AFTER_MS) {
      return await giveUp(call, "Given up: Vapi could not be asked about this call for a week.");
    }
    return "stillOpen";
  }
}

async function recover(ended: VapiCall, link: Link): Promise<Finding> {
  return await save(ended, link) === "duplicate" ? "nothing" : "recovered";
}

/** Has the row follow a call that Vapi says is alive. */
async function follow(call: DueCall, answer: VapiCall, link: Link): Promise<Finding> {
  if (call.call_status === "queued" && openStatus(answer.status) === "in_progress") {
    await save(answer, link);
  }
  const scheduled_at = answer.schedulePlan?.earliestAt;
  await dataOf(dataApi().rpc("note_alive", { call_id: link.callId, scheduled_at }));
  return "stillOpen";
}

async function save(answer: VapiCall, link: Link) {
  const { outcome } = await keepingRejected(
    async () => saveCall(answer, await agreedLink({ call: answer }, link)),
    async () => rejectedCall(answer, await statedLink({ call: answer }, link)),
  );
  return outcome;
}

/** Whether asking again would bring the same. */
function isLasting(error: unknown): boolean {
  return error instanceof VapiFailure
    ? error.isUnknownCall
    : error instanceof Problem && error.kind.kept;
}

/** An ending stands, whatever it lacks, and is not asked about again; everything else becomes an error. */
async function giveUp(call: DueCall, error: string): Promise<Finding> {
  if (stageOf(call.call_status) === "final") {
    await dataOf(dataApi().rpc("stop_checking", { call_id: call.call_id! }));
    return "nothing";
  }
  const report = normalize({
    source: "vapi_api",
    providerId: call.provider_id,
    serviceRequestId: call.service_request_id,
    callId: call.call_id,
    status: "error",
    error,
  });
  const { outcome } = await saveReport(report, {});
  return outcome === "applied" || outcome === "enriched" ? "gaveUp" : "nothing";
}
