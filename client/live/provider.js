/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database, LogEntry, Provider } from "../watch/mod.d.ts" */
import { Dialogue } from "./dialogue.js";
import { copyOf, find, make, show } from "./dom.js";
import { factsOf } from "./facts.js";
import { callWords, clock, markOf } from "./words.js";

/** The card of one provider. */
export class ProviderCard {
  element = copyOf("provider");
  /** The call that was shown last, and when its clock began, as this page's clock has it. */
  #shown = { call_id: /** @type {string | null} */ (null), status: "", answeredAt: 0 };
  #tickedAt = 0;

  /** @param {SupabaseClient<Database>} supabase @param {{ showCallCost?: boolean }} options */
  constructor(supabase, options) {
    this.options = options;
    this.dialogue = new Dialogue(
      supabase,
      find(".name", this.element),
      find(".more", this.element),
      find(".dialogue", this.element),
    );
  }

  /** @param {Provider} provider @param {LogEntry[]} log @param {boolean} hasWords */
  update(provider, log, hasWords) {
    const { call_status, call_id, call_summary } = provider;
    this.element.dataset.status = call_status ?? "";
    show(find(".name", this.element), provider.name);
    const phone = /** @type {HTMLAnchorElement} */ (find(".phone", this.element));
    show(phone, provider.phone);
    phone.href = `tel:${provider.phone}`;
    show(find(".words", this.element), callWords(call_status));
    find(".mark", this.element).dataset.mark = markOf(call_status);
    show(find(".summary", this.element), call_summary);
    const facts = find(".facts", this.element);
    const news = factsOf(provider, this.options);
    facts.hidden = news.length === 0;
    if (facts.dataset.shown !== JSON.stringify(news)) {
      facts.dataset.shown = JSON.stringify(news);
      facts.replaceChildren(
        ...news.map(([label, value]) => make("div", make("dt", label), make("dd", value))),
      );
    }
    this.dialogue.update(provider, hasWords);
    const answeredAt = call_status === "in_progress" ? this.#answeredAt(provider, log) : 0;
    this.#shown = { call_id, status: call_status ?? "", answeredAt };
    this.tick();
  }

  /**
   * When a call was answered. The server's clock may not be this one's: who saw the answer as it
   * came counts from there.
   *
   * @param {Provider} provider
   * @param {LogEntry[]} log
   */
  #answeredAt({ call_id, updated_at }, log) {
    const { call_id: shownId, status, answeredAt } = this.#shown;
    if (shownId === call_id && answeredAt) return answeredAt;
    const now = Date.now();
    const wasAwake = now - this.#tickedAt < 3000;
    if (shownId === call_id && status === "queued" && wasAwake) return now;
    const answer = log.find((entry) =>
      entry.call_id === call_id && entry.call_status === "in_progress"
    );
    return Math.min(now, Date.parse(answer?.created_at ?? updated_at ?? ""));
  }

  /** Shows the running time, every second. */
  tick() {
    this.#tickedAt = Date.now();
    const { answeredAt } = this.#shown;
    show(find(".running", this.element), answeredAt ? clock(Date.now() - answeredAt) : null);
  }
}
