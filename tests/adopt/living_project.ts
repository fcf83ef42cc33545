import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import type { Stack } from "../../local/stack.ts";
import { runSupabaseCli } from "../../local/supabase_cli.ts";
import { startQuietStack, TOKEN } from "../support/stack.ts";

/** Somebody's repository, made of fixtures that lie over each other. */
export interface Repository extends AsyncDisposable {
  path: string;
  /** Every file's digest, by path. */
  files(): Promise<Map<string, string>>;
  commit(): void;
}

/** Their project as it lives: the repository, and the database with an application on it. */
export interface LivingProject extends AsyncDisposable {
  repository: Repository;
  stack: Stack;
  sql: Sql;
  /** Pushes their migrations with the real CLI, and runs the functions that are there then. */
  deploy(): Promise<void>;
  /** Saves a result as Kestra does, and returns the answer. */
  save(
    ids: { provider: string; request: string },
    callResult: Record<string, unknown>,
  ): Promise<Answer>;
}

/** What save-call-result answers. */
export interface Answer {
  outcome: string;
  callStatus: string;
  requestStatus: string | null;
}

/** Makes a repository of fixtures, with all committed. */
export async function repositoryOf(...fixtures: string[]): Promise<Repository> {
  const path = await mkdtemp(join(tmpdir(), "adopted-"));
  for (const name of fixtures) {
    const from = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
    await cp(from, path, { recursive: true });
  }
  const git = (...args: string[]) =>
    execFileSync("git", [
      "-C",
      path,
      "-c",
      "user.name=Them",
      "-c",
      "user.email=them@example.com",
      ...args,
    ], {
      stdio: "ignore",
    });
  git("init");
  const commit = () => {
    git("add", "--all");
    git("commit", "--allow-empty", "--message", "Theirs");
  };
  commit();
  return {
    path,
    commit,
    async files() {
      const entries = await readdir(join(path, "supabase"), {
        recursive: true,
        withFileTypes: true,
      });
      const paths = entries.filter((entry) =>
        entry.isFile() && !entry.parentPath.endsWith("/.temp")
      ).map(({ parentPath, name }) => join(parentPath, name));
      return new Map(
        await Promise.all(
          paths.sort().map(async (file) =>
            [
              file.slice(path.length + 1),
              createHash("sha256").update(await readFile(file)).digest("hex"),
            ] as const
          ),
        ),
      );
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

/** Starts their project: the database with their migrations, and their functions. */
export async function startLivingProject(...fixtures: string[]): Promise<LivingProject> {
  await using started = new AsyncDisposableStack();
  const repository = started.use(await repositoryOf(...fixtures));
  const env = { CALL_RESULTS_TOKEN: TOKEN };
  const stack = started.use(
    await startQuietStack({ ephemeral: true, seed: false, env, project: repository.path }),
  );
  const sql = postgres(stack.dbUrl, { max: 3, onnotice: () => {} });
  started.defer(() => sql.end());
  const running = started.move();
  return {
    repository,
    stack,
    sql,
    async deploy() {
      const { code, stderr } = await runSupabaseCli(
        repository.path,
        stack.dbUrl,
        "db",
        "push",
        "--yes",
      );
      if (code !== 0) throw new Error(stderr);
      await stack.restartFunctions(env);
    },
    async save({ provider, request }, callResult) {
      const response = await fetch(`${stack.url}/functions/v1/save-call-result`, {
        method: "POST",
        headers: { "Authorization": `Bearer ${TOKEN}`, "Content-Type": "application/json" },
        body: JSON.stringify({ providerId: provider, serviceRequestId: request, callResult }),
      });
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      return await response.json();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What somebody sees of some tables: all rows, as JSON. */
export async function seenBy(
  sql: Sql,
  tables: string[],
  role: "anon" | "authenticated",
  sub?: string,
): Promise<Record<string, Record<string, unknown>[]>> {
  const seen: Record<string, Record<string, unknown>[]> = {};
  await sql.begin(async (sql) => {
    await sql`select set_config('request.jwt.claims', ${JSON.stringify({ role, sub })}, true)`;
    await sql.unsafe(`set local role ${role}`);
    for (const table of tables) {
      const rows = await sql.unsafe(
        `select to_jsonb(t) as row from ${table} t order by to_jsonb(t) ->> 'id'`,
      );
      seen[table] = rows.map(({ row }) => row);
    }
  });
  return seen;
}
