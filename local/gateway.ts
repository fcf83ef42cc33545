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
  return Deno.serve({ hostname: "127.0.0.1", port, signal, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    if (pathname.startsWith(FUNCTIONS)) {
      return proxy(request, `${to.functions.url}/${pathname.slice(FUNCTIONS.length)}${search}`);
    }
    if (pathname.startsWith("/static/")) return studioFile(pathname);
    if (pathname === "/sql") return sqlEditor(request, to.dbUrl, to.project);
    if (/^\/live(\/|$)/.test(pathname)) return livePage(request);
    if (pathname === "/realtime/v1/websocket") return refuseRealtime(request);
    return to.dataApi.fetch(request);
  });
}
