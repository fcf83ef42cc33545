import { fileURLToPath } from "node:url";
import { checkoutKey } from "./checkout.ts";
import { PUBLISHABLE_KEY } from "./settings.ts";

const PAGE = new URL("../client/", import.meta.url);
const CHECKOUT = checkoutKey(fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""));
const SUPABASE_JS = new URL("umd/supabase.js", import.meta.resolve("@supabase/supabase-js"));

/** The customer of the seed. */
export const LOCAL_CUSTOMER = { email: "customer@example.com", password: "local-password" };

/** Nothing encoded, nothing that climbs: `%2f` would be a slash for the file system. */
const NAME = /^[\w-]+(\/[\w-]+)*\.(\w+)$/;

const TYPES: Record<string, string> = {
  css: "text/css",
  html: "text/html",
  js: "text/javascript",
};

/** Serves `client/` at `/live/`, with what a deployed page finds beside it. */
export async function livePage(request: Request): Promise<Response> {
  const { origin, pathname } = new URL(request.url);
  if (pathname === "/live") return Response.redirect(`${origin}/live/`, 302);
  const name = pathname.slice("/live/".length) || "index.html";
  if (name === "config.json") return Response.json(config(origin));
  const file = name === "supabase.js" ? SUPABASE_JS : new URL(name, PAGE);
  const type = TYPES[NAME.exec(name)?.[2] ?? ""];
  const body = type && await Deno.readFile(file).catch(() => undefined);
  if (!body) return new Response("Not found", { status: 404 });
  return new Response(body, {
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "no-cache" },
  });
}

/** Here it signs in the seed's customer by itself, and polls quickly: there is no Realtime. The demo asks whose stack it is. */
function config(origin: string) {
  return {
    supabaseUrl: origin,
    publishableKey: PUBLISHABLE_KEY,
    openInterval: 500,
    idleInterval: 500,
    signIn: LOCAL_CUSTOMER,
    checkout: CHECKOUT,
  };
}
