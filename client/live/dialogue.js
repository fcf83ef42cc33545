/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database, Provider } from "../watch/mod.d.ts" */
import { loadTranscript } from "../watch/mod.js";
import { make } from "./dom.js";
import { problemWords } from "./words.js";

/** The button of a card that opens its call's conversation, fetched when first asked for. */
export class Dialogue {
  /** What is shown, or about to be. */
  #shown = "";
  /** @type {Provider | undefined} */
  #provider;

  /**
   * @param {SupabaseClient<Database>} supabase
   * @param {HTMLElement} heading
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} panel
   */
  constructor(supabase, heading, button, panel) {
    this.supabase = supabase;
    this.heading = heading;
    this.button = button;
    this.panel = panel;
    button.addEventListener("click", () => this.#toggle(Boolean(this.panel.hidden)));
  }

  /** @param {Provider} provider @param {boolean} hasWords */
  update(provider, hasWords) {
    const isNewCall = this.#provider && this.#provider.call_id !== provider.call_id;
    this.#provider = provider;
    this.panel.id = `dialogue-${provider.id}`;
    this.panel.ariaLabel = `Conversation with ${provider.name}`;
    this.heading.id = `name-${provider.id}`;
    this.button.setAttribute("aria-controls", this.panel.id);
    this.button.setAttribute("aria-describedby", this.heading.id); // whose conversation
    if (isNewCall) {
      this.#shown = "";
      this.panel.replaceChildren();
      this.#toggle(false);
    }
    this.#offer(hasWords);
    if (!this.panel.hidden) this.#load();
  }

  /** @param {boolean} isOffered */
  #offer(isOffered) {
    if (!isOffered) this.#toggle(false);
    // What has the focus leaves it to the card's name, not to nothing.
    if (!isOffered && document.activeElement === this.button) this.heading.focus();
    this.button.hidden = !isOffered;
  }

  /** @param {boolean} open */
  #toggle(open) {
    this.panel.hidden = !open;
    this.button.ariaExpanded = String(open);
    this.button.textContent = `${open ? "Hide" : "Read"} the conversation`;
    if (open) this.#load();
  }

  async #load() {
    const { call_id: callId, name = "", updated_at } = this.#provider ?? {};
    const wanted = `${callId} ${updated_at}`;
    if (!callId || wanted === this.#shown) return;
    this.#shown = wanted;
    if (!this.panel.hasChildNodes()) this.panel.textContent = "One moment …";
    try {
      const turns = await loadTranscript(this.supabase, { callId });
      if (this.#shown !== wanted) return; // a newer call meanwhile
      const names = new Map([["AI", "Concierge"], ["User", name]]);
      const lines = turns.map(({ speaker, text }) => {
        const line = make("div", make("dt", names.get(speaker) ?? speaker), make("dd", text));
        line.className = speaker === "AI" ? "ours" : "theirs";
        return line;
      });
      this.panel.replaceChildren(
        lines.length ? make("dl", ...lines) : "There are no words on record.",
      );
    } catch (error) {
      if (this.#shown !== wanted) return;
      this.#shown = "";
      this.panel.textContent = problemWords(error);
    }
  }
}
