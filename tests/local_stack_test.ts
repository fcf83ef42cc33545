import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import type { Stack, StackOptions } from "../local/stack.ts";
import { stopPostgres } from "./support/postgres.ts";
import { startQuietStack as start } from "./support/stack.ts";

const THINGS = `
create table public.things (id int primary key, note jsonb);
alter table public.things enable row level security;
grant select, insert on public.things to service_role;
create function public.add_thing(id int, note jsonb) returns public.things language sql
as 'insert into public.things values (id, note) returning *';
create function public.find_thing() returns void language plpgsql as $$
begin
  raise exception 'no such thing' using errcode = 'PT404', detail = 'id 7', hint = 'add it';
end $$;
create function public.time_outs() returns jsonb language sql
as 'select jsonb_object_agg(name, setting) from pg_settings
    where name in (''statement_timeout'', ''lock_timeout'')';`;

const EARLY = `export default {
  async fetch(request: Request) {
    for await (const chunk of request.body!) {
      if (chunk.length) return Response.json({ code: "payload_too_large" }, { status: 413 });
    }
    return Response.json({ path: new URL(request.url).pathname });
  },
};`;

Deno.test("a second start keeps the rows, and applies only what is new", async () => {
  await using project = await scratchProject();
  const options = { project: project.path, data: join(project.path, "data") };
  await using first = await start(options);
  await query(first, "insert into things values (7)");
  await first.stop();
  await project.write("migrations/20260102000000_more.sql", "create table more (id int);");
  await using second = await start(options);
  assert.deepEqual(await query(second, "select id from things order by id"), [
    { id: 1 },
    { id: 7 },
  ]);
  assert.deepEqual(await query(second, "select * from more"), []);
});

Deno.test("the Data API answers as PostgREST does, and only to who has a key", async (test) => {
  await using project = await scratchProject();
  await using stack = await start({ project: project.path, ephemeral: true });

  await test.step("no key, a wrong key, or a key without a grant opens nothing", async () => {
    const statuses = [undefined, "sb_secret_wrong", stack.publishableKey, stack.secretKey].map(
      async (key) => (await api(stack, "things", { key })).status,
    );
    assert.deepEqual(await Promise.all(statuses), [401, 401, 401, 200]);
  });

  await test.step("the grants stay those of the migrations", async () => {
    const grants = await query(
      stack,
      `select grantee::text, privilege_type from information_schema.role_table_grants
       where table_name = 'things' and grantee <> 'postgres' order by 2`,
    );
    assert.deepEqual(grants, [
      { grantee: "service_role", privilege_type: "INSERT" },
      { grantee: "service_role", privilege_type: "SELECT" },
    ]);
    const [{ acl }] = await query(stack, "select count(*)::int acl from pg_default_acl");
    assert.equal(acl, 0);
  });

  await test.step("any JSON is a jsonb argument, and arrives as it is", async () => {
    const notes = [
      { a: [1, { b: null }] },
      [1, "two"],
      {},
      [],
      "text",
      '{"x":1}',
      'a "q"',
      5,
      true,
    ];
    for (const [at, note] of notes.entries()) {
      const saved = await rpc(stack, "add_thing", { id: 100 + at, note });
      assert.deepEqual(await saved.json(), { id: 100 + at, note });
    }
    const [nothing] = [await rpc(stack, "add_thing", { id: 200, note: null })];
    assert.deepEqual(await nothing.json(), { id: 200, note: null });
  });

  await test.step("an error raised with PT404 is a 404 with all it says", async () => {
    const response = await rpc(stack, "find_thing", {});
    assert.equal(response.status, 404);
    assert.deepEqual(await response.json(), {
      code: "PT404",
      message: "no such thing",
      details: "id 7",
      hint: "add it",
    });
  });

  await test.step("a session has the time-outs of a hosted project's", async () => {
    const timeOuts = await rpc(stack, "time_outs", {});
    assert.deepEqual(await timeOuts.json(), { lock_timeout: "8000", statement_timeout: "8000" });
  });

  await test.step("a new table is there without a restart", async () => {
    await query(stack, "create table late (id int); grant select on late to service_role");
    const response = await api(stack, "late", { key: stack.secretKey });
    assert.deepEqual(await response.json(), []);
  });

  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    await test.step(`it answers 503 while Postgres is stopped by ${signal}, then is well`, async () => {
      const load = Array.from({ length: 50 }, () => rpc(stack, "find_thing", {}));
      await stopPostgres(stack, signal);
      for (const response of await Promise.all(load)) {
        assert.match((await response.json()).code, /^(PT404|PGRST0)/);
      }
      const away = await rpc(stack, "find_thing", {});
      assert.equal(away.status, 503);
      assert.match((await away.json()).code, /^PGRST0/);
      await stack.postgres.start();
      const back = await api(stack, "things?id=eq.1", { key: stack.secretKey });
      assert.deepEqual(await back.json(), [{ id: 1, note: null }]);
    });
  }
});

Deno.test("functions answer by their name, and before a body has ended", async () => {
  await using project = await scratchProject();
  await project.write("functions/early/index.ts", EARLY);
  await using stack = await start({ project: project.path, ephemeral: true, migrate: false });
  const url = `${stack.url}/functions/v1/early`;
  const early = await fetch(url, { method: "POST", body: new Uint8Array(50_000_000) });
  assert.equal(early.status, 413);
  assert.deepEqual(await early.json(), { code: "payload_too_large" });
  const empty = await fetch(url, { method: "POST", body: "" });
  assert.deepEqual(await empty.json(), { path: "/early" });
  const unknown = await fetch(`${stack.url}/functions/v1/unknown`);
  assert.deepEqual([unknown.status, (await unknown.json()).code], [404, "NOT_FOUND"]);
});

Deno.test("what cannot start says why in one line", async (test) => {
  await using project = await scratchProject();
  const data = join(project.path, "data");

  await test.step("a port in use", async () => {
    await using server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await fails({ project: project.path, data, port }, `Port ${port} is in use.*--port`);
    await fails({ project: project.path, data, dbPort: port }, `Port ${port} is in use.*--db-port`);
  });

  await test.step("a data folder that a running stack has", async () => {
    await using _running = await start({ project: project.path, data, migrate: false });
    await fails({ project: project.path, data }, "in use by a running stack.*--data");
  });

  await test.step("a data folder of something else", async () => {
    await fails({ project: project.path, data: project.path }, "holds other files.*--data");
    await rm(join(data, "local-stack.lock"));
    await cp(join(data, "postgres", "PG_VERSION"), join(data, "PG_VERSION"));
    await fails({ project: project.path, data }, "data of another Postgres.*--data");
  });

  await test.step("a data folder of another version", async () => {
    await writeFile(join(data, "local-stack.lock"), "");
    await writeFile(join(data, "postgres", "PG_VERSION"), "15\n");
    await fails({ project: project.path, data }, "is of PostgreSQL 15.*--data");
  });

  await test.step("a broken migration, by its file", async () => {
    await project.write("migrations/20260103000000_broken.sql", "create table b (id intt);");
    await fails(
      { project: project.path, ephemeral: true },
      '20260103000000_broken.sql: ERROR: type "intt" does not exist',
    );
  });

  await test.step("an unknown flag", async () => {
    const command = run("--nope");
    assert.equal((await text(command.stderr)).trim(), "Unknown option '--nope'. See --help.");
    assert.deepEqual(await once(command, "close"), [1, null]);
  });
});

Deno.test("SIGTERM stops the command, Postgres and the functions", async () => {
  await using project = await scratchProject();
  const data = join(project.path, "data");
  const command = run("--port", "0", "--db-port", "0", "--data", data);
  let output = "";
  for await (const chunk of command.stdout) {
    output += chunk;
    if (output.includes("ready in")) break;
  }
  const pidFile = join(data, "postgres", "postmaster.pid");
  const pid = Number((await readFile(pidFile, "utf8")).split("\n")[0]);
  const [functionsUrl] = /http\S+\/functions\/v1\//.exec(output)!;
  process.kill(command.pid!, "SIGTERM");
  assert.deepEqual(await once(command, "exit"), [0, null]);
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  await assert.rejects(fetch(functionsUrl));
  command.stderr.destroy();
});

async function fails(options: StackOptions, message: string) {
  await assert.rejects(start(options), { name: "StackError", message: new RegExp(message) });
}

function run(...args: string[]) {
  const command = fileURLToPath(new URL("../local/start.ts", import.meta.url));
  return spawn(Deno.execPath(), ["run", "-A", "--quiet", command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function query(stack: Stack, statement: string) {
  const sql = postgres(stack.dbUrl, { max: 1 });
  try {
    return [...await sql.unsafe(statement)];
  } finally {
    await sql.end();
  }
}

function api(stack: Stack, path: string, { key, ...init }: RequestInit & { key?: string }) {
  const headers = { "content-type": "application/json", ...key && { apikey: key } };
  return fetch(`${stack.url}/rest/v1/${path}`, { headers, ...init });
}

function rpc(stack: Stack, name: string, args: unknown) {
  const body = JSON.stringify(args);
  return api(stack, `rpc/${name}`, { key: stack.secretKey, method: "POST", body });
}

async function scratchProject() {
  // Root's Postgres runs as another user, who has to get in.
  const path = await mkdtemp(join(process.getuid?.() === 0 ? "/var/tmp" : tmpdir(), "project-"));
  await Deno.chmod(path, 0o755);
  const write = async (name: string, content: string) => {
    const file = join(path, "supabase", name);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, content);
  };
  await write("migrations/20260101000000_things.sql", THINGS);
  await write("seed.sql", "insert into things values (1);");
  return { path, write, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
