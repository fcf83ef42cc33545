/** The page: who is signed in, which request is chosen, and what happens to it. */
/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database, Watched } from "../watch/mod.d.ts" */
import { watchServiceRequest } from "../watch/mod.js";
import { backOff, jittered } from "../watch/time.js";
import { find, make, show } from "./dom.js";
import { RequestView } from "./request.js";
import { startSession } from "./session.js";
import { CONNECTION, NO_REQUEST, problemWords } from "./words.js";

/** @typedef {{ supabaseUrl: string, publishableKey: string, openInterval?: number, idleInterval?: number, signIn?: { email: string, password: string } }} Config */

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const problem = find("#problem");
const choice = /** @type {HTMLSelectElement} */ (find("#choice"));
let close = () => {};
/** Which opening of the requests is the newest: a user may have left while one was under way. */
let opening = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;

try {
  const config = await loadConfig();
  const { createClient } = /** @type {typeof import("@supabase/supabase-js")} */ (
    Reflect.get(globalThis, "supabase")
  );
  /** @type {SupabaseClient<Database>} */
  const supabase = createClient(config.supabaseUrl, config.publishableKey);
  choice.addEventListener("change", () => {
    history.replaceState(null, "", `?request=${choice.value}`);
    watch(supabase, choice.value, config);
  });
  await startSession(supabase, config.signIn, (userId) => openRequests(supabase, userId, config));
} catch (error) {
  show(problem, problemWords(error));
}

/** @returns {Promise<Config>} */
async function loadConfig() {
  const response = await fetch("config.json");
  if (response.ok) return response.json();
  throw new Error("config.json, with supabaseUrl and publishableKey, is missing beside this page.");
}

/**
 * @param {SupabaseClient<Database>} supabase
 * @param {string | undefined} userId
 * @param {Config} config
 * @param {number} [failures] In a row.
 */
async function openRequests(supabase, userId, config, failures = 0) {
  const mine = ++opening;
  clearTimeout(retry);
  close();
  find("#chooser").hidden = true;
  choice.replaceChildren();
  show(find("#empty"), null);
  show(find("#connection"), null);
  if (!userId) return;
  const { data, error } = await supabase.from("service_requests")
    .select("id, title").order("created_at", { ascending: false }).limit(100)
    .retry(false);
  if (mine !== opening) return;
  show(problem, error && problemWords(error, true));
  if (error) {
    const again = () => openRequests(supabase, userId, config, failures + 1);
    retry = setTimeout(again, jittered(backOff(failures)));
    return;
  }
  const asked = new URLSearchParams(location.search).get("request");
  const chosen = asked ?? data[0]?.id;
  if (!chosen) return show(find("#empty"), "You have no requests yet.");
  choice.replaceChildren(...data.map(({ id, title }) => {
    const option = /** @type {HTMLOptionElement} */ (make("option", title ?? "Your request"));
    option.value = id;
    return option;
  }));
  choice.value = chosen;
  find("#chooser").hidden = data.every(({ id }) => id === chosen);
  if (!UUID.test(chosen)) return show(find("#empty"), NO_REQUEST);
  watch(supabase, chosen, config);
}

/**
 * @param {SupabaseClient<Database>} supabase
 * @param {string} requestId
 * @param {Config} config
 */
function watch(supabase, requestId, config) {
  close();
  const view = new RequestView(supabase);
  const stop = watchServiceRequest(supabase, requestId, (watched) => {
    if (watched.connection === "stopped") return;
    showConnection(watched);
    view.update(watched);
  }, config);
  close = () => {
    stop();
    view.close();
  };
}

/** @param {Watched} watched */
function showConnection({ connection, error }) {
  const element = find("#connection");
  element.dataset.connection = connection;
  show(element, CONNECTION[connection]);
  show(problem, error && problemWords(error, true));
}
