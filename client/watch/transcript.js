/** @import { Turn } from "./mod.d.ts" */

/** @type {typeof import("./mod.d.ts").loadTranscript} */
export async function loadTranscript(supabase, of, signal) {
  const query = supabase
    .from("interaction_logs")
    .select("transcript")
    .not("transcript", "is", null)
    // Of a call that has several, its ending's: the endings are the last statuses.
    .order("call_status", { ascending: false })
    .order("created_at", { ascending: false })
    .limit(1);
  const { data, error } =
    await ("logId" in of ? query.eq("id", of.logId) : query.eq("call_id", of.callId))
      .abortSignal(signal ?? new AbortController().signal);
  if (error) throw new Error(error.message, { cause: error });
  return /** @type {Turn[]} */ (/** @type {unknown} */ (data[0]?.transcript ?? []));
}
