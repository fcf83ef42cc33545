/** @import { Provider } from "../watch/mod.d.ts" */
import { duration, money } from "./words.js";

const PRICE = /(^| )(price|quote|rate|fee)$/i;

/**
 * What a call brought, in a customer's order: the price, what else was asked, the call itself.
 *
 * @param {Provider} provider
 * @param {{ showCallCost?: boolean }} [options] What the call cost is the operator's to show.
 * @returns {[label: string, value: string][]}
 */
export function factsOf({ call_result, call_duration_minutes, call_cost }, { showCallCost } = {}) {
  const found = call_result && typeof call_result === "object" && !Array.isArray(call_result)
    ? Object.entries(call_result)
    : [];
  const currency = found.find(([name]) => /currency/i.test(name))?.[1];
  /** @type {[string, string][]} */
  const facts = found
    .filter(([name]) => !/currency/i.test(name))
    .map(([name, value]) => /** @type {const} */ ([labelOf(name), value]))
    .sort(([a], [b]) => Number(PRICE.test(b)) - Number(PRICE.test(a)))
    .flatMap(([label, value]) => {
      const text = typeof value === "number" && PRICE.test(label) && typeof currency === "string"
        ? money(value, currency)
        : words(value);
      return text ? [/** @type {[string, string]} */ ([label, text])] : [];
    });
  if (call_duration_minutes) facts.push(["Call length", duration(call_duration_minutes)]);
  if (call_cost && showCallCost) facts.push(["Call cost", money(call_cost, "USD")]);
  return facts;
}

/** `all_criteria_met` and `allCriteriaMet` as "All criteria met". @param {string} name */
function labelOf(name) {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {unknown} value @returns {string} */
function words(value) {
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (Array.isArray(value)) return value.map(words).filter(Boolean).join(", ");
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
