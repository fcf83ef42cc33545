import { isByOwnName, unframed } from "./browser_guard.ts";
import type { DataApi } from "./data_api.ts";
import type { FunctionsProcess } from "./functions_process.ts";
import { livePage } from "./live_page.ts";
import { proxy } from "./proxy.ts";
import { refuseRealtime } from "./realtime.ts";
import { sqlEditor } from "./sql_editor.ts";
import { studioFile } from "./studio_files.ts";

const FUNCTIONS = "/functions/v1/";

/** What the gateway stands in front of. */
export interface Backends {
  dataApi: DataApi;
  functions: FunctionsProcess;
  dbUrl: string;
  project: string;
}

/** Serves everything of the stack behind one port of loopback, as Supabase does. */
export function serveGateway(port: number, signal: AbortSignal, to: Backends): Deno.HttpServer {
  return Deno.serve(
    { hostname: "127.0.0.1", port, signal, onListen: () => {} },
    async (request) => unframed(await answer(request, to)),
  );
}

function answer(request: Request, to: Backends): Response | Promise<Response> {
  // Its host is what was sent.
  if (!URL.canParse(request.url)) return new Response(null, { status: 400 });
  const { pathname, search } = new URL(request.url);
  // By any name, such as that of a tunnel to this machine: they ask for tokens.
  if (pathname.startsWith(FUNCTIONS)) {
    return proxy(request, `${to.functions.url}/${pathname.slice(FUNCTIONS.length)}${search}`);
  }
  if (!isByOwnName(request)) {
    return Response.json({ message: "Only as 127.0.0.1 or localhost" }, { status: 403 });
  }
  if (pathname.startsWith("/static/")) return studioFile(pathname);
  if (pathname === "/sql") return sqlEditor(request, to.dbUrl, to.project);
  if (/^\/live(\/|$)/.test(pathname)) return livePage(request);
  if (pathname === "/realtime/v1/websocket") return refuseRealtime(request);
  return to.dataApi.fetch(request);
}
