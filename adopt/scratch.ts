import postgres, { type Sql } from "postgres";
import { claimDataFolder } from "../local/data_folder.ts";
import { freePort } from "../local/ports.ts";
import { Postgres } from "../local/postgres.ts";
import { postgresBinaries } from "../local/postgres_binaries.ts";
import { postgresUser } from "../local/postgres_user.ts";
import { prepareSupabaseProject } from "../local/supabase_project.ts";

/** A database as a new Supabase project has it, which goes when it is disposed of. */
export interface ScratchDatabase extends AsyncDisposable {
  url: string;
  sql: Sql;
}

/** What every project got until October 2026, and may rely on. */
const OLD_GRANTS = ["tables", "functions", "sequences"].map((kind) =>
  `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role;`
);

/** Starts a Postgres that holds nothing of anybody's. `exposesTables`: new tables are granted to every role. */
export async function startScratchDatabase(exposesTables: boolean): Promise<ScratchDatabase> {
  await using started = new AsyncDisposableStack();
  const user = postgresUser();
  const binaries = await postgresBinaries(user);
  const folder = await claimDataFolder({ ephemeral: true, project: "" }, user);
  started.defer(() => folder.release());
  const port = await freePort(0, "--db-port");
  const server = new Postgres(port, folder, binaries, user);
  started.defer(() => server.stop());
  await server.create();
  await server.start();
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
  await prepareSupabaseProject(url);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  started.defer(() => sql.end());
  if (exposesTables) await sql.unsafe(OLD_GRANTS.join("\n"));
  const running = started.move();
  return { url, sql, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
