/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database, LogEntry, Provider } from "../watch/mod.d.ts" */
import { Dialogue } from "./dialogue.js";
import { copyOf, find, make, show } from "./dom.js";
import { factsOf } from "./facts.js";
import { callWords, clock, markOf } from "./words.js";

/** The card of one provider. */
export class ProviderCard {
  element = copyOf("provider");
  #answeredAt = 0;

  /** @param {SupabaseClient<Database>} supabase */
  constructor(supabase) {
    this.dialogue = new Dialogue(
      supabase,
      find(".name", this.element),
      find(".more", this.element),
      find(".dialogue", this.element),
    );
  }

  /** @param {Provider} provider @param {LogEntry[]} log */
  update(provider, log) {
    const { call_status, call_id, call_summary, call_error } = provider;
    this.element.dataset.status = call_status ?? "";
    show(find(".name", this.element), provider.name);
    const phone = /** @type {HTMLAnchorElement} */ (find(".phone", this.element));
    show(phone, provider.phone);
    phone.href = `tel:${provider.phone}`;
    show(find(".words", this.element), callWords(call_status));
    find(".mark", this.element).dataset.mark = markOf(call_status);
    show(find(".summary", this.element), call_summary ?? call_error);
    const facts = find(".facts", this.element);
    const news = factsOf(provider);
    facts.hidden = news.length === 0;
    if (facts.dataset.shown !== JSON.stringify(news)) {
      facts.dataset.shown = JSON.stringify(news);
      facts.replaceChildren(
        ...news.map(([label, value]) => make("div", make("dt", label), make("dd", value))),
      );
    }
    this.dialogue.update(provider);
    const answer = log.find((entry) =>
      entry.call_id === call_id && entry.call_status === "in_progress"
    );
    this.#answeredAt = call_status === "in_progress"
      ? Date.parse(answer?.created_at ?? provider.updated_at)
      : 0;
    this.tick();
  }

  /** Shows the running time. */
  tick() {
    const running = find(".running", this.element);
    show(running, this.#answeredAt ? clock(Date.now() - this.#answeredAt) : null);
  }
}
