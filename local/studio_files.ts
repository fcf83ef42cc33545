import { basename } from "node:path";

const FOLDER = new URL("static/", import.meta.resolve("@supabase/lite"));

const TYPES: Record<string, string> = {
  css: "text/css",
  ico: "image/x-icon",
  js: "text/javascript",
  woff2: "font/woff2",
};

/** Serves Studio's own files, `/static/...`, from the npm package that brings them. */
export async function studioFile(pathname: string): Promise<Response> {
  const file = new URL(pathname.slice("/static/".length), FOLDER);
  const type = TYPES[basename(file.pathname).split(".").at(-1)!];
  // An encoded slash would climb out of the folder.
  const isInside = file.href.startsWith(FOLDER.href) && !pathname.includes("%");
  if (!type || !isInside) return new Response(null, { status: 404 });
  const body = await Deno.readFile(file).catch(() => undefined);
  return new Response(body, {
    status: body ? 200 : 404,
    headers: { "content-type": type, "cache-control": "max-age=3600" },
  });
}
