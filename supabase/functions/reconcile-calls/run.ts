import { dataApi, dataOf } from "../_shared/data_api.ts";
import { problemFrom } from "../_shared/handler.ts";
import { Vapi, VapiFailure } from "./vapi.ts";

const STEPS_AT_A_TIME = 5;

/** One run: what it works with, and what it has done so far. */
export interface Run {
  /** @throws {Problem} `not_configured` without `VAPI_API_KEY`. */
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
  /** What went wrong, with the run or with single calls and deliveries, in some words each. */
  readonly problems: Set<string>;
  /** What could not be read of Vapi's calls, and was left out: paths. */
  readonly unread: Set<string>;
}

/** What a run did, and how many rejected deliveries are open now. */
export type Summary = Run["counts"] & { rejectedOpen: number };

/** A run that has done nothing yet. */
export function beginRun(): Run {
  const unread = new Set<string>();
  let vapi: Vapi | undefined;
  return {
    get vapi() {
      return vapi ??= new Vapi(unread);
    },
    unread,
    startedAt: new Date(),
    counts: { checked: 0, recovered: 0, stillOpen: 0, gaveUp: 0, discovered: 0, replayed: 0 },
    problems: new Set(),
  };
}

/**
 * What one part of a run may do, whatever there is to do for the others: so many steps, begun within
 * so many seconds. Together they stay below the 2 s of CPU and the 150 s after which the platform ends
 * a run: a check of a call takes 2 to 5 ms, and Vapi may have one wait for 80 s.
 */
export class Share {
  #stepsLeft: number;
  readonly #endsAt: number;

  constructor({ steps, seconds }: { steps: number; seconds: number }) {
    this.#stepsLeft = steps;
    this.#endsAt = performance.now() + seconds * 1000;
  }

  get hasTime(): boolean {
    return performance.now() < this.#endsAt;
  }

  /** Takes a step of it; false where that is for the next run. */
  take(): boolean {
    return this.hasTime && this.#stepsLeft-- > 0;
  }
}

/** Repeats a step, a few at a time, until one finds nothing to do or the share is used up. */
export async function repeat(share: Share, step: () => Promise<boolean>): Promise<void> {
  const inTurns = Array.from({ length: STEPS_AT_A_TIME }, async () => {
    while (share.take() && await step());
  });
  await Promise.all(inTurns);
}

/** Notes what went wrong, with the run or with one call, so that the rest can go on. */
export function note({ problems }: Run, error: unknown): void {
  if (error instanceof VapiFailure) {
    problems.add(error.reason);
    return;
  }
  const { code, extra: { reason }, rejectedId } = problemFrom(error);
  // A refusal that was kept is told by rejected_call_results.
  if (!rejectedId) problems.add(reason ? `${code}: ${reason}` : code);
}

/** Does the parts of a run side by side; what one fails of keeps no other from its work. Returns what they failed of. */
export async function runParts(
  run: Run,
  parts: ((run: Run) => Promise<void>)[],
): Promise<unknown[]> {
  const ends = await Promise.allSettled(parts.map(async (part) => await part(run)));
  const failures = ends.filter((end) => end.status === "rejected").map((end) => end.reason);
  for (const failure of failures) note(run, failure);
  return failures;
}

/** Records a run, and what the operator is to be told of it. @throws {Problem} `unavailable` */
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
