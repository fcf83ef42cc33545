import { App, type DefaultAppConfig } from "@supabase/lite";
import { fromAnyOrigin } from "./cors.ts";
import { Database } from "./database.ts";
import { DatabaseAway } from "./postgrest_errors.ts";
import { encodeJsonStrings } from "./rpc_arguments.ts";
import { JWT_SECRET, PUBLISHABLE_KEY, SECRET_KEY } from "./settings.ts";

/** The Data API, Auth and Studio over one database. */
export class DataApi {
  readonly #database: Database;
  readonly #app: App;

  constructor(dbUrl: string, url: string) {
    this.#database = new Database(dbUrl);
    this.#app = new App<DefaultAppConfig>({
      connection: this.#database,
      api: { schemas: ["public"] },
      auth: {
        publishable_key: PUBLISHABLE_KEY,
        secret_key: SECRET_KEY,
        jwt_secret: JWT_SECRET,
        site_url: url,
      },
      options: { server: { admin: true } },
    });
  }

  /** Answers a request; Studio's own are for its own page alone. */
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/rest/v1/")) {
      return await fromAnyOrigin(request, () => this.#rest(request));
    }
    const answer = async () => await this.#app.fetch(request, peer(request));
    return pathname.startsWith("/auth/v1/") ? await fromAnyOrigin(request, answer) : await answer();
  }

  /** Looks at the schema again before it says that something is not there. */
  async #rest(request: Request): Promise<Response> {
    const body = request.body && await request.text();
    try {
      const response = await this.#answer(request, body);
      if (!await isUnknown(response)) return response;
      await this.#database.clearSchemaCache();
      return await this.#answer(request, body);
    } catch (error) {
      if (error instanceof DatabaseAway) return Response.json(error, { status: 503 });
      throw error;
    }
  }

  async #answer(request: Request, body: string | null): Promise<Response> {
    const { functions } = await this.#database.introspect({ useCache: true });
    const { method, headers, url } = request;
    const whole = new Request(url, {
      method,
      headers,
      body: encodeJsonStrings(request, body, functions),
    });
    return this.#app.fetch(whole, peer(request));
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

/** Only Studio, in a browser, needs no key: for others the request must not seem to be local. */
function peer(request: Request) {
  const fromStudio = request.headers.get("sec-fetch-site") === "same-origin";
  return { peerAddress: fromStudio ? "127.0.0.1" : null };
}

async function isUnknown(response: Response): Promise<boolean> {
  return response.status === 404 && /"PGRST20[0-5]"/.test(await response.clone().text());
}
