/** @import { Turn } from "./mod.d.ts" */
import { isColumnMissing } from "./columns.js";

/** @type {typeof import("./mod.d.ts").loadTranscript} */
export async function loadTranscript(supabase, of, signal) {
  // Of a call that has several, its ending's: the endings are the last statuses.
  let { data, error } = await ask(["call_status", "created_at"]);
  if (error && isColumnMissing(error)) ({ data, error } = await ask(["created_at"]));
  if (error) throw new Error(error.message, { cause: error });
  return /** @type {Turn[]} */ (/** @type {unknown} */ (data?.[0]?.transcript ?? []));

  /** @param {string[]} order */
  async function ask(order) {
    const query = supabase.from("interaction_logs").select("transcript").not(
      "transcript",
      "is",
      null,
    );
    for (const column of order) query.order(column, { ascending: false });
    return await ("logId" in of ? query.eq("id", of.logId) : query.eq("call_id", of.callId))
      .limit(1)
      .abortSignal(signal ?? new AbortController().signal);
  }
}
