import { dataApi, dataOf } from "../_shared/data_api.ts";
import { keepingRejected, type RejectedDelivery } from "../_shared/rejected.ts";
import type { VapiCall } from "../_shared/vapi_call.ts";
import { externalIdOf, linkOf, metadataOf } from "../_shared/vapi_link.ts";
import { note, type Run, Share } from "./run.ts";
import { rejectedCall, saveCall } from "./save_call.ts";
import { VapiFailure } from "./vapi.ts";

/** A call can weigh 138 KB. */
const PAGE = 25;
/** A page takes as much as fifteen checks of a call or, where all of it is new, as twenty-five. */
const SHARE = { steps: 5, seconds: 20 };
const DAY_MS = 24 * 3_600_000;
const LEAST_REACH_DAYS = 1 / 24;

/** The calls of a page; one that could not be read is undefined. */
type Page = (VapiCall | undefined)[];

/** What is left to compare: the calls that changed since a time, were created before another, and not too long ago. */
interface Walk {
  readonly changedSince: string;
  before: string | undefined;
  /** The days back that Vapi was last willing to list. */
  reachDays: number;
}

/**
 * Once an hour, compares the calls that changed at Vapi with ours, newest first, and saves those
 * that are missing.
 */
export async function discoverCalls(run: Run): Promise<void> {
  const [range] = await dataOf(dataApi().rpc("claim_discovery"));
  if (!range) return;
  const share = new Share(SHARE);
  const walk: Walk = {
    changedSince: new Date(range.changed_since).toISOString(),
    before: range.created_before ? new Date(range.created_before).toISOString() : undefined,
    reachDays: range.reach_days,
  };
  let isComplete = false;
  let hasFailed = false;
  try {
    while (!isComplete && share.take()) {
      const page = await nextPage(run, walk);
      if (!await saveUnknown(run, share, page)) break;
      isComplete = page.length < PAGE;
      walk.before = nextBefore(page, walk.before);
    }
  } catch (error) {
    hasFailed = true;
    note(run, error);
  }
  await dataOf(
    dataApi().rpc("release_discovery", {
      compared_back_to: walk.before,
      reach_days: walk.reachDays,
      is_complete: isComplete,
      has_failed: hasFailed,
    }),
  );
}

/** Asks for the next page, of as many days as Vapi lets itself be asked for. */
async function nextPage(run: Run, walk: Walk): Promise<Page> {
  for (let { reachDays } = walk;;) {
    const from = new Date(Date.now() - reachDays * DAY_MS).toISOString();
    if (walk.before !== undefined && walk.before <= from) return [];
    try {
      const page = await run.vapi.list({
        createdAtGe: from,
        // Without it the newest by Vapi's clock.
        createdAtLt: walk.before,
        updatedAtGe: walk.changedSince,
        limit: PAGE,
      });
      walk.reachDays = reachDays;
      return page;
    } catch (error) {
      const isRefused = error instanceof VapiFailure && error.status === 400;
      if (!isRefused || reachDays < LEAST_REACH_DAYS) throw error;
      reachDays = narrower(reachDays, error.retention?.days);
    }
  }
}

/** A day less than Vapi says that it keeps, so that no clock matters; half, where it does not say. */
function narrower(reachDays: number, keptDays: number | undefined): number {
  const within = keptDays && Math.max(keptDays - 1, keptDays / 2);
  return within && within < reachDays ? within : reachDays / 2;
}

/**
 * Where the next page begins: at the oldest call of this one. Calls of the same millisecond may be on
 * either page, so that one is asked for again, unless that would be the same page.
 */
function nextBefore(page: Page, before?: string): string | undefined {
  const times = page.map((call) => call?.createdAt).filter((time) => time !== undefined);
  if (times.length === 0) return before;
  const oldest = Math.min(...times.map((time) => Date.parse(time)));
  const next = new Date(oldest + 1).toISOString();
  return before === undefined || next < before ? next : new Date(oldest).toISOString();
}

/** False where the run had to stop before all were saved. */
async function saveUnknown(run: Run, share: Share, page: Page): Promise<boolean> {
  const ours = page.filter((call) => call !== undefined)
    .filter((call) => call.id && (metadataOf({ call }) ?? externalIdOf({ call })));
  if (ours.length === 0) return true;
  const unknown = await dataOf(
    dataApi().rpc("unknown_calls", { call_ids: ours.map(({ id }) => id!) }),
  );
  for (const call of ours.filter(({ id }) => unknown.includes(id!))) {
    if (!share.hasTime) return false;
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

/** Whose the call is, as it says itself, and what it says. */
function kept(call: VapiCall): RejectedDelivery {
  const { providerId = externalIdOf({ call })!, serviceRequestId = null } = metadataOf({ call }) ??
    {};
  return rejectedCall(call, { callId: call.id!, providerId, serviceRequestId });
}
