import { PostgresConnection } from "@supabase/lite/postgres";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { DatabaseAway, postgrestError } from "./postgrest_errors.ts";

const asText = (text: string) => text;
const asJsonTime = (text: string) => text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");

// Values as Postgres itself writes them in JSON.
const PARSERS: Record<number, (text: string) => unknown> = {
  20: Number,
  1003: pg.types.getTypeParser(1009 as never), // name[], as text[]
  1700: Number,
  1082: asText,
  1083: asText,
  1266: asText,
  1114: asJsonTime,
  1184: asJsonTime,
};

/** PostgREST logs in as `authenticator`, whose settings a session then has; lite's sessions are postgres's own. */
const AS_AUTHENTICATOR = `
  select set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), false)
  from pg_roles, unnest(rolconfig) as setting
  where rolname = 'authenticator'`;

/** Of the parameters of an insert or update, arrays are json: there are no array columns here. */
class Client extends pg.Client {
  // deno-lint-ignore no-explicit-any
  override query(text: any, values?: any, ...rest: any[]): any {
    const isWrite = typeof text === "string" && /^(insert|update)/i.test(text);
    const encode = (value: unknown) => Array.isArray(value) ? JSON.stringify(value) : value;
    return super.query(text, isWrite ? values?.map(encode) : values, ...rest as []);
  }
}

/** `@supabase/lite`'s connection to Postgres, closer to PostgREST where that matters here. */
export class Database extends PostgresConnection {
  readonly #pool: pg.Pool;
  #introspecting?: ReturnType<PostgresConnection["introspect"]>;

  constructor(url: string) {
    super({ url });
    // Not by lite's own driver: postgres.js 3.4 uses lost connections again, whose queries then
    // hang or end the process (porsager/postgres#1208).
    this.#pool = new pg.Pool({
      Client,
      connectionString: url,
      connectionTimeoutMillis: 3000,
      idleTimeoutMillis: 2000, // an idle connection would hold up a Postgres that shuts down
      options: "-c TimeZone=UTC",
      types: {
        getTypeParser: (oid, format) => PARSERS[oid] ?? pg.types.getTypeParser(oid, format),
      },
    });
    // A lost connection: who uses it learns of it from its query, and the next one opens another.
    this.#pool.on("error", () => {});
    this.#pool.on("connect", (client) => {
      client.on("error", () => {});
      client.query(AS_AUTHENTICATOR).catch(() => {});
    });
    this.kysely = new Kysely({ dialect: new PostgresDialect({ pool: this.#pool }) });
    // Else it grants every table to every role as soon as one table has row level security.
    Object.assign(this, { rlsState: "active" });
  }

  /** Many requests at once look at the schema once. */
  override introspect(options?: { useCache?: boolean }) {
    return this.#introspecting ??= this.#introspect(options)
      .finally(() => this.#introspecting = undefined);
  }

  async #introspect(options?: { useCache?: boolean }) {
    const found = await super.introspect(options);
    if (!found.functions) throw new DatabaseAway("no schema"); // it takes a failure for no tables
    return found;
  }

  override close(): Promise<void> {
    return this.#pool.end();
  }

  override normalizeDbError(error: unknown) {
    return postgrestError(error);
  }
}
