import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { type Stack, startStack } from "../../local/stack.ts";
import { type ManagementApi, startManagementApi } from "./management_api.ts";
import { startPooler } from "./pooler.ts";

/** What stands in for a new hosted project: its database, its Data API, and the API that the CLI talks to. */
export interface HostedProject extends AsyncDisposable {
  api: ManagementApi;
  stack: Stack;
  /** As a superuser, which nobody is there. */
  sql: Sql;
  /** What a shell needs so that the CLI in it talks to this project, and to no other. */
  env: Record<string, string>;
}

const ACCESS_TOKEN = `sbp_${"0123456789".repeat(4)}`;

/** Starts an empty project of that ref. */
export async function startHostedProject(ref: string): Promise<HostedProject> {
  await using started = new AsyncDisposableStack();
  const home = await mkdtemp(join(tmpdir(), "hosted-project-"));
  started.defer(() => rm(home, { recursive: true }));
  const stack = started.use(
    await startStack({
      port: 0,
      dbPort: 0,
      ephemeral: true,
      migrate: false,
      quiet: true,
      project: home,
    }),
  );
  const sql = await withoutSuperuser(stack.dbUrl);
  started.defer(() => sql.end());
  const pooler = started.use(startPooler(Number(new URL(stack.dbUrl).port)));
  const api = started.use(startManagementApi(ref, ACCESS_TOKEN, pooler.host, sql));

  const profile = join(home, "profile.yaml");
  await writeFile(
    profile,
    [
      "name: rehearsal",
      `api_url: ${api.url}`,
      `dashboard_url: ${api.url}`,
      `docs_url: ${api.url}`,
      "project_host: project.invalid", // no IPv6: by the pooler, as from most networks
      `pooler_host: "${pooler.host}"`,
    ].join("\n"),
  );
  const running = started.move();
  return {
    api,
    stack,
    sql,
    env: {
      HOME: home,
      SUPABASE_PROFILE: profile,
      SUPABASE_ACCESS_TOKEN: ACCESS_TOKEN,
      SUPABASE_TELEMETRY_DISABLED: "1",
      DO_NOT_TRACK: "1",
      PGSSLMODE: "disable",
      NO_COLOR: "1",
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** As on a hosted project, `postgres` owns the database and is no superuser: `supabase_admin` is. */
async function withoutSuperuser(dbUrl: string): Promise<Sql> {
  const first = postgres(dbUrl, { max: 1, onnotice: () => {} });
  await first`create role bootstrap superuser login password 'postgres'`;
  await first.end();
  const second = postgres(dbUrl, { max: 1, username: "bootstrap", onnotice: () => {} });
  await second.unsafe(`
    alter role postgres rename to supabase_admin;
    create role postgres login createdb createrole replication bypassrls password 'postgres';
    grant anon, authenticated, service_role, authenticator to postgres with admin option;
    alter database postgres owner to postgres;
    alter publication supabase_realtime owner to postgres;
    grant all on schema public, extensions, auth to postgres;
    grant all on all tables in schema auth to postgres;`);
  await second.end();
  return postgres(dbUrl, { max: 1, username: "supabase_admin", onnotice: () => {} });
}
