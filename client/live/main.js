/** The page: who is signed in, which request is chosen, and what happens to it. */
/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database } from "../watch/mod.d.ts" */
import { watchServiceRequest } from "../watch/mod.js";
import { backOff, jittered } from "../watch/time.js";
import { find, make, show, showEmpty } from "./dom.js";
import { RequestView } from "./request.js";
import { startSession } from "./session.js";
import { ConnectionStatus } from "./status.js";
import { NO_REQUESTS, NOT_FOUND, problemWords } from "./words.js";

/** @typedef {{ supabaseUrl: string, publishableKey: string, openInterval?: number, idleInterval?: number, showCallCost?: boolean, signIn?: { email: string, password: string } }} Config */

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const status = new ConnectionStatus();
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
  show(find("#problem"), problemWords(error));
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
  showEmpty(null);
  status.update(userId ? { connection: "connecting" } : {});
  if (!userId) return;
  const { data, error } = await supabase.from("service_requests")
    .select("id, title").order("created_at", { ascending: false }).limit(100)
    .retry(false);
  if (mine !== opening) return;
  status.update({ connection: "connecting", error });
  if (error) {
    const again = () => openRequests(supabase, userId, config, failures + 1);
    retry = setTimeout(again, jittered(backOff(failures)));
    return;
  }
  const asked = new URLSearchParams(location.search).get("request");
  const chosen = asked ?? data[0]?.id;
  if (!chosen) return showNothing(NO_REQUESTS);
  choice.replaceChildren(...data.map(({ id, title }) => {
    const option = /** @type {HTMLOptionElement} */ (make("option", title ?? "Your request"));
    option.value = id;
    return option;
  }));
  if (data.every(({ id }) => id !== chosen)) {
    const none = /** @type {HTMLOptionElement} */ (make("option", "Choose a request"));
    [none.value, none.disabled] = [chosen, true];
    choice.prepend(none);
  }
  choice.value = chosen;
  find("#chooser").hidden = data.every(({ id }) => id === chosen);
  if (!UUID.test(chosen)) return showNothing(NOT_FOUND);
  watch(supabase, chosen, config);
}

/**
 * @param {SupabaseClient<Database>} supabase
 * @param {string} requestId
 * @param {Config} config
 */
function watch(supabase, requestId, config) {
  close();
  const view = new RequestView(supabase, config);
  const stop = watchServiceRequest(supabase, requestId, (watched) => {
    if (watched.connection === "stopped") return;
    status.update(watched);
    view.update(watched);
  }, config);
  close = () => {
    stop();
    view.close();
  };
}

/** Nothing is watched then. @param {{ heading: string, text: string }} why */
function showNothing(why) {
  status.update({});
  showEmpty(why);
}
