import { dataApi, dataOf } from "../_shared/data_api.ts";
import { keepingRejected, type RejectedDelivery } from "../_shared/rejected.ts";
import type { VapiCall } from "../_shared/vapi_call.ts";
import { externalIdOf, linkOf, metadataOf } from "../_shared/vapi_link.ts";
import { canContinue, hasTime, note, type Run } from "./run.ts";
import { saveCall } from "./save_call.ts";

/** A call can weigh 138 KB. */
const PAGE = 25;
/** What a page takes, in checks of a call. */
const PAGE_WORK = 15;

/**
 * Once an hour, compares the calls that changed at Vapi with ours, newest first, and saves those
 * that are missing.
 */
export async function discoverCalls(run: Run): Promise<void> {
  const [range] = await dataOf(dataApi().rpc("claim_discovery"));
  if (!range) return;
  const createdAtGe = new Date(range.created_from).toISOString();
  const updatedAtGe = new Date(range.changed_since).toISOString();
  // Vapi's clock alone counts here.
  let createdAtLt = range.created_before ? new Date(range.created_before).toISOString() : undefined;
  let isComplete = false;
  let hasFailed = false;
  try {
    while (!isComplete && canContinue(run)) {
      run.workLeft -= PAGE_WORK;
      const page = await run.vapi.list({ createdAtGe, createdAtLt, updatedAtGe, limit: PAGE });
      if (!await saveUnknown(run, page)) break;
      isComplete = page.length < PAGE;
      createdAtLt = nextBefore(page, createdAtLt);
    }
  } catch (error) {
    hasFailed = true;
    note(run, error);
  }
  await dataOf(
    dataApi().rpc("release_discovery", {
      compared_back_to: createdAtLt,
      is_complete: isComplete,
      has_failed: hasFailed,
    }),
  );
}

/**
 * Where the next page begins: at the oldest call of this one. Calls of the same millisecond may be on
 * either page, so that one is asked for again, unless that would be the same page.
 */
function nextBefore(page: (VapiCall | undefined)[], before?: string): string | undefined {
  const times = page.map((call) => call?.createdAt).filter((time) => time !== undefined);
  if (times.length === 0) return before;
  const oldest = Math.min(...times.map((time) => Date.parse(time)));
  const next = new Date(oldest + 1).toISOString();
  return before === undefined || next < before ? next : new Date(oldest).toISOString();
}

/** False where the run had to stop before all were saved. */
async function saveUnknown(run: Run, page: (VapiCall | undefined)[]): Promise<boolean> {
  const ours = page.filter((call) => call !== undefined)
    .filter((call) => call.id && (metadataOf({ call }) ?? externalIdOf({ call })));
  if (ours.length === 0) return true;
  const unknown = await dataOf(
    dataApi().rpc("unknown_calls", { call_ids: ours.map(({ id }) => id!) }),
  );
  for (const call of ours.filter(({ id }) => unknown.includes(id!))) {
    if (!hasTime(run)) return false;
    try {
      const isNews = await keepingRejected(() => saveIfOurs(call), () => kept(call));
      if (isNews) run.counts.discovered++;
    } catch (error) {
      note(run, error);
    }
  }
  return true;
}

async function saveIfOurs(call: VapiCall): Promise<boolean> {
  const link = await linkOf({ call });
  return link !== undefined && (await saveCall(call, link)).outcome !== "duplicate";
}

/** Whose the call is, as it says itself; Vapi has the rest. */
function kept(call: VapiCall): RejectedDelivery {
  const { providerId = externalIdOf({ call })!, serviceRequestId = null } = metadataOf({ call }) ??
    {};
  return { source: "vapi_api", payload: { callId: call.id!, providerId, serviceRequestId } };
}
