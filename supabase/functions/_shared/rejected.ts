import { dataApi, problemOf } from "./data_api.ts";
import type { Json } from "./database.types.ts";
import { Problem } from "./problem.ts";
import type { CallSource } from "./report.ts";

/** A delivery as it is kept when it cannot be applied. */
export interface RejectedDelivery {
  source: CallSource;
  payload: Json;
  idempotencyKey?: string;
}

/**
 * Applies a delivery. Where that is refused for good, keeps the delivery before the refusal goes
 * on, with the id of its row. The same delivery again is the same row.
 *
 * @throws {Problem} The refusal; or, where the delivery cannot even be kept, `unavailable` or
 * `internal`, so that the sender tries again.
 */
export async function keepingRejected<T>(
  apply: () => Promise<T>,
  delivery: () => RejectedDelivery | Promise<RejectedDelivery>,
): Promise<T> {
  try {
    return await apply();
  } catch (problem) {
    if (problem instanceof Problem && problem.kind.kept) {
      problem.rejectedId = await keep(problem, await delivery());
    }
    throw problem;
  }
}

async function keep(problem: Problem, delivery: RejectedDelivery): Promise<string> {
  const { data, error, status } = await dataApi().rpc("reject_call_result", {
    source: delivery.source,
    code: problem.code,
    issues: issuesOf(problem),
    payload: delivery.payload,
    idempotency_key: delivery.idempotencyKey,
  });
  if (data) return data;
  const failure = error ? problemOf(error, status) : undefined;
  if (failure?.kind.retryable) throw failure;
  // A 4xx would tell the sender that the delivery is kept.
  throw new Problem(
    "internal",
    "Something went wrong here. Try again.",
    failure?.extra ?? { reason: "no id of the rejected delivery came back" },
  );
}

/** What was wrong with a delivery, as its row says it. */
export function issuesOf({ extra, detail }: Problem): NonNullable<Json> {
  return (extra.issues ?? [{ path: "", message: detail }]) as unknown as NonNullable<Json>;
}
