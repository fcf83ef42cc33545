/** @import { SupabaseClient } from "@supabase/supabase-js" */
/** @import { Database } from "../watch/mod.d.ts" */
import { find, show } from "./dom.js";
import { problemWords } from "./words.js";

/**
 * Signs a user in and out, and says who it is.
 *
 * @param {SupabaseClient<Database>} supabase
 * @param {{ email: string, password: string } | undefined} automatic Who is signed in without being asked.
 * @param {(userId: string | undefined) => void} changed
 */
export async function startSession(supabase, automatic, changed) {
  const form = /** @type {HTMLFormElement} */ (find("#sign-in"));
  const [email, password] = /** @type {HTMLInputElement[]} */ ([find("#email"), find("#password")]);
  const problem = find(".problem", form);
  const button = /** @type {HTMLButtonElement} */ (find("button", form));
  /** @type {string | undefined | null} */
  let userId = null;

  /** @param {{ email: string, password: string }} credentials */
  const signIn = async (credentials) => {
    button.disabled = true;
    show(problem, null);
    const { error } = await supabase.auth.signInWithPassword(credentials);
    button.disabled = false;
    if (error) show(problem, problemWords(error));
    return !error;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!await signIn({ email: email.value, password: password.value })) return password.focus();
    find("#main").focus();
  });
  find("#sign-out").addEventListener("click", () => supabase.auth.signOut({ scope: "local" }));

  if (automatic) {
    ({ email: email.value, password: password.value } = automatic);
    const { data } = await supabase.auth.getSession();
    if (!data.session) await signIn(automatic);
  }
  supabase.auth.onAuthStateChange((_event, session) => {
    if (session?.user.id === userId) return; // a new token of the same user
    if (session) show(problem, null);
    const hasLeft = Boolean(userId) && !session;
    userId = session?.user.id;
    form.hidden = Boolean(session);
    if (hasLeft) email.focus();
    find("#account").hidden = !session;
    show(find("#account .email"), session?.user.email);
    // Not inside the callback: supabase-js holds its lock here.
    setTimeout(() => changed(userId ?? undefined));
  });
}
