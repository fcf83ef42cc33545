import { dataApi, dataOf } from "../_shared/data_api.ts";
import { Problem } from "../_shared/problem.ts";
import { Vapi, VapiFailure } from "./vapi.ts";

/** A run takes up nothing new after this long; the platform ends it after 150 s, or 2 s of CPU. */
const MAX_MILLISECONDS = 40_000;
const MAX_STEPS = 150;
const STEPS_AT_A_TIME = 5;

/** One run: what it works with, and what it has done so far. */
export interface Run {
  readonly vapi: Vapi;
  readonly startedAt: Date;
  readonly counts: {
    checked: number;
    recovered: number;
    stillOpen: number;
    gaveUp: number;
    discovered: number;
    replayed: number;
  };
  /** What went wrong with single calls and deliveries, in a word each. */
  readonly problems: Set<string>;
}

/** What a run did, and how many rejected deliveries are open now. */
export type Summary = Run["counts"] & { rejectedOpen: number };

/** @throws {Problem} `not_configured` without `VAPI_API_KEY`. */
export function beginRun(): Run {
  return {
    vapi: new Vapi(),
    startedAt: new Date(),
    counts: { checked: 0, recovered: 0, stillOpen: 0, gaveUp: 0, discovered: 0, replayed: 0 },
    problems: new Set(),
  };
}

/** Whether a run may take up something new. */
export function hasTime({ startedAt }: Run): boolean {
  return Date.now() - startedAt.getTime() < MAX_MILLISECONDS;
}

/** Repeats a step, a few at a time, until one finds nothing to do; what is left is for the next run. */
export async function repeat(run: Run, step: () => Promise<boolean>): Promise<void> {
  let steps = 0;
  const inTurns = Array.from({ length: STEPS_AT_A_TIME }, async () => {
    while (hasTime(run) && steps++ < MAX_STEPS && await step());
  });
  await Promise.all(inTurns);
}

/** Notes what went wrong with one call, so that the rest can go on. */
export function note({ problems }: Run, error: unknown): void {
  if (error instanceof VapiFailure) problems.add(error.reason);
  // A refusal that was kept is told by rejected_call_results.
  else if (!(error instanceof Problem)) problems.add("internal");
  else if (!error.rejectedId) problems.add(error.code);
}

/** Records a run. @throws {Problem} `unavailable` */
export async function finishRun({ counts, startedAt, problems }: Run): Promise<Summary> {
  const rejectedOpen = await dataOf(
    dataApi().rpc("finish_reconcile_run", {
      started_at: startedAt.toISOString(),
      checked: counts.checked,
      recovered: counts.recovered,
      still_open: counts.stillOpen,
      gave_up: counts.gaveUp,
      discovered: counts.discovered,
      replayed: counts.replayed,
      problems: [...problems],
    }),
  );
  return { ...counts, rejectedOpen };
}
