/** @import { Provider } from "../watch/mod.d.ts" */
import { isOwn } from "./words.js";

const { compare } = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** How near a provider is to having been reached: 0 is reached, 1 on the way, 2 not called yet, 3 not reached. */
const NEARNESS = { completed: 0, in_progress: 1, queued: 1, timeout: 1 };

/** A status that the application added means a conversation. @param {Pick<Provider, "call_status">} provider */
function nearness({ call_status }) {
  if (!call_status) return 2;
  if (isOwn(call_status)) return 0;
  return /** @type {Record<string, number>} */ (NEARNESS)[call_status] ?? 3;
}

/** Those that were reached first, then those that may still be. @param {readonly Provider[]} providers */
export const inOrder = (providers) =>
  [...providers].sort((a, b) => nearness(a) - nearness(b) || compare(a.name, b.name));

/**
 * How many were reached, once anybody was called; of one provider its card says it.
 *
 * @param {readonly Pick<Provider, "call_status">[]} providers
 */
export function tally(providers) {
  if (providers.length < 2 || providers.every(({ call_status }) => !call_status)) return "";
  const count = (/** @type {number} */ near) =>
    providers.filter((provider) => nearness(provider) === near).length;
  return [
    `${count(0)} of ${providers.length} reached`,
    count(1) && `${count(1)} on the way`,
    count(2) && `${count(2)} to call`,
  ].filter(Boolean).join(", ");
}
