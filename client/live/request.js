/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database, LogEntry, Watched } from "../watch/mod.d.ts" */
import { copyOf, find, keepList, show, showEmpty } from "./dom.js";
import { ProviderCard } from "./provider.js";
import { Spoken } from "./spoken.js";
import { inOrder, tally } from "./tally.js";
import { callWords, NOT_FOUND, requestState, stepState } from "./words.js";

/** Shows one request, and keeps what is on the screen where it is while it changes. */
export class RequestView {
  #element = find("#request");
  /** @type {Map<string, ProviderCard>} */
  #cards = new Map();
  /** Statuses as last shown. @type {Map<string, string>} */
  #said = new Map();

  /** @type {Watched | undefined} */
  #watched;

  /** @param {SupabaseClient<Database>} supabase @param {{ showCallCost?: boolean }} options */
  constructor(supabase, options) {
    this.supabase = supabase;
    this.options = options;
    this.spoken = new Spoken(supabase, () => this.#showProviders());
    this.clock = setInterval(() => this.#cards.forEach((card) => card.tick()), 1000);
  }

  /** Leaves nothing of the request in the page. */
  close() {
    clearInterval(this.clock);
    this.#watched = undefined;
    this.#element.hidden = true;
    for (const list of this.#element.querySelectorAll("ol")) list.replaceChildren();
    for (const text of ["h1", ".where", ".criteria"]) show(find(text, this.#element), null);
    show(find("#announcer"), null);
    document.title = "Your request";
  }

  /** @param {Watched} watched */
  update(watched) {
    const { request, providers, log } = watched;
    this.#watched = watched;
    showEmpty(request === null ? NOT_FOUND : null);
    this.#element.hidden = !request;
    if (!request) return;
    document.title = request.title ?? "Your request";
    this.#element.dataset.status = request.status;
    show(find("h1", this.#element), request.title ?? "Your request");
    show(
      find(".where", this.#element),
      [request.service_needed, request.location].filter(Boolean).join(" · "),
    );
    show(find(".criteria", this.#element), request.criteria);
    const { words, mark } = requestState(request.status, providers);
    show(find("header .state .words", this.#element), words);
    find("header .state .mark", this.#element).dataset.mark = mark;
    this.#showProviders();
    this.spoken.ask(request.id, providers);
    keepList(find(".timeline ol"), log, () => copyOf("step"));
    log.forEach((entry, at) => fillStep(find(".timeline ol").children[at], entry));
    find(".timeline").hidden = log.length === 0;
    this.#announce([
      ...providers.map(({ id, name, call_status }) => [id, `${name}: ${callWords(call_status)}.`]),
      [request.id, `${words}.`],
    ]);
  }

  #showProviders() {
    if (!this.#watched) return; // closed meanwhile
    const { providers, log } = this.#watched;
    find(".none", this.#element).hidden = providers.length > 0;
    show(find(".tally", this.#element), tally(providers));
    keepList(find(".providers ol"), inOrder(providers), ({ id }) => {
      const card = new ProviderCard(this.supabase, this.options);
      this.#cards.set(id, card);
      return card.element;
    });
    for (const provider of providers) {
      this.#cards.get(provider.id)?.update(provider, log, this.spoken.has(provider));
    }
  }

  /** Says to a screen reader what has changed since the last time. @param {string[][]} statuses */
  #announce(statuses) {
    const news = statuses.filter(([id, words]) => this.#said.get(id) !== words);
    const isFirst = this.#said.size === 0;
    for (const [id, words] of news) this.#said.set(id, words);
    if (news.length && !isFirst) {
      find("#announcer").textContent = news.map(([, words]) => words).join(" ");
    }
  }
}

/** @param {Element} step @param {LogEntry} entry */
function fillStep(step, entry) {
  const time = /** @type {HTMLTimeElement} */ (find("time", step));
  const at = new Date(entry.created_at);
  time.dateTime = at.toISOString();
  const isToday = at.toDateString() === new Date().toDateString();
  show(time, isToday ? at.toLocaleTimeString() : at.toLocaleString());
  show(find(".what", step), entry.step_name);
  const { words, mark } = stepState(entry);
  show(find(".words", step), words);
  find(".mark", step).dataset.mark = mark;
  show(find(".detail", step), entry.detail);
}
