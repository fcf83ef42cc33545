import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { FunctionsProcess } from "../../local/functions_process.ts";
import { functionEnvironment, type Settings } from "../../local/settings.ts";
import { deno21 } from "../support/deno_2_1.ts";
import type { HostedProject } from "./hosted_project.ts";
import { copyOfProject, deployBlock, refOf, rehearse, unpacked } from "./rehearsal.ts";

const REQUEST = "11111111-1111-4111-8111-111111111111";
const PROVIDER = "22222222-2222-4222-8222-222222222221";

Deno.test("what the README deploys reaches the hosted project, and works there", async (test) => {
  await using copy = await copyOfProject();
  const readme = await Deno.readTextFile(join(copy.path, "README.md"));
  await using rehearsal = await rehearse(copy.path);
  const { project, output } = rehearsal;
  const names = ["reconcile-calls", "save-call-result", "vapi-webhook"];

  await test.step("each step prints what the README says, in this order", () => {
    const rest = output.split("\n");
    for (const line of deployBlock(readme, "text").trim().split("\n")) {
      if (line === "...") continue;
      const shape = RegExp.escape(line).replace(/\\\.\\\.\\\.$/, ".*");
      const at = rest.findIndex((printed) => new RegExp(`^${shape}$`).test(printed));
      assert(at >= 0, `"${line}" was not printed, or not there:\n${output}`);
      rest.splice(0, at + 1);
    }
  });

  await test.step("every migration is in its database, and nobody there is a superuser", async () => {
    const files = [...Deno.readDirSync(join(copy.path, "supabase/migrations"))]
      .map(({ name }) => name.split("_")[0]).sort();
    const applied = await project.sql`
      select version from supabase_migrations.schema_migrations order by version`;
    assert.deepEqual(applied.map(({ version }) => version), files);
    const [{ owners }] = await project.sql`
      select array_agg(distinct tableowner::text) as owners from pg_tables
      where schemaname in ('public', 'private')`;
    assert.deepEqual(owners, ["postgres"]);
  });

  await test.step("the secret is set, and is the one that is printed for Kestra", () => {
    assert.deepEqual([...project.api.secrets.keys()], ["CALL_RESULTS_TOKEN"]);
    const token = project.api.secrets.get("CALL_RESULTS_TOKEN")!;
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.match(output, new RegExp(`^TOKEN +${token}$`, "m"));
    assert(
      output.includes(`https://${refOf(deployBlock(readme, "sh"))}.supabase.co/functions/v1/`),
    );
  });

  await test.step("each function was uploaded, to be called without a user's JWT", () => {
    assert.deepEqual([...project.api.functions.keys()].sort(), names);
    for (const [name, { verifyJwt, entrypointPath, importMapPath }] of project.api.functions) {
      assert.deepEqual([verifyJwt, entrypointPath, importMapPath], [
        false,
        `supabase/functions/${name}/index.ts`,
        "supabase/functions/deno.json",
      ]);
    }
  });

  await project.sql`insert into service_requests (id, title) values (${REQUEST}, 'A tap')`;
  await project.sql`
    insert into providers (id, request_id, name) values (${PROVIDER}, ${REQUEST}, 'First')`;
  const token = project.api.secrets.get("CALL_RESULTS_TOKEN")!;
  for (const name of names) {
    await test.step(`${name}, as it was uploaded, runs on Deno 2.1: 405, 401, 503 without settings`, async () => {
      const RECONCILE_TOKEN = "reconcile", VAPI_WEBHOOK_TOKEN = "webhook";
      const settings = { CALL_RESULTS_TOKEN: token, RECONCILE_TOKEN, VAPI_WEBHOOK_TOKEN };
      await using configured = await serve(project, name, settings);
      assert.equal(await configured.status("GET"), 405);
      assert.equal(await configured.status("POST", "wrong"), 401);
      await using bare = await serve(project, name, {});
      assert.equal(await bare.status("POST", token), 503);
    });
  }

  await test.step("a result saved with that token is in the hosted database", async () => {
    await using running = await serve(project, "save-call-result", { CALL_RESULTS_TOKEN: token });
    assert.equal(await running.status("POST", token), 200, running.log.join("\n"));
    const [row] = await project.sql`select call_status, call_summary from providers`;
    assert.deepEqual({ ...row }, { call_status: "completed", call_summary: "Free at nine." });
  });

  await test.step("pasted again, it changes no row, and the token is a new one", async () => {
    assert.match(await rehearsal.again(), /Remote database is up to date/);
    assert.notEqual(project.api.secrets.get("CALL_RESULTS_TOKEN"), token);
    const [{ count }] = await project.sql`select count(*)::int from interaction_logs`;
    assert.equal(count, 1);
  });
});

Deno.test("the rehearsal fails, and says of what, where", async (test) => {
  const edit = async (file: string, change: (text: string) => string) => {
    const before = await Deno.readTextFile(file);
    const after = change(before);
    assert.notEqual(after, before);
    await Deno.writeTextFile(file, after);
  };
  const [MIGRATION] = [...Deno.readDirSync("supabase/migrations")]
    .map(({ name }) => `supabase/migrations/${name}`)
    .filter((name) => name.endsWith("_application_tables.sql"));
  const INDEX = "supabase/functions/vapi-webhook/index.ts";
  const faults: Record<string, [file: string, change: (text: string) => string, says: RegExp]> = {
    "a command goes to the local stack": [
      "README.md",
      (text) => text.replace("db push --remote", "db push"),
      /^npx -y supabase@\S+ db push --yes goes to the local stack/,
    ],
    "the CLI does not know a flag": [
      "README.md",
      (text) => text.replace("db push --remote", "db push --remotely"),
      /^npx -y supabase@\S+ db push --remotely --yes failed/,
    ],
    "the CLI is of another version": [
      "README.md",
      (text) => text.replace(/supabase@\S+ db push/, "supabase@2.99.0 db push"),
      /^npx -y supabase@2\.99\.0 db push --remote --yes failed/,
    ],
    "a migration is broken": [
      MIGRATION,
      (text) => text.replace("create table", "create tabel"),
      /db push --remote --yes failed[^]*\d+_application_tables\.sql/,
    ],
    "a migration needs a superuser": [
      MIGRATION,
      (text) => `${text}\nalter system set work_mem = '8MB';`,
      /db push --remote --yes failed[^]*permission denied/,
    ],
    "an import lies outside supabase/functions": [
      INDEX,
      (text) => `import "../../../local/stack_error.ts";\n${text}`,
      /^vapi-webhook imports local\/stack_error\.ts, which is not under supabase\/functions/,
    ],
  };
  for (const [fault, [file, change, says]] of Object.entries(faults)) {
    await test.step(fault, async () => {
      await using copy = await copyOfProject();
      await edit(join(copy.path, file), change);
      await assert.rejects(rehearse(copy.path), { message: says });
    });
  }

  await test.step("an imported file is not there", async () => {
    await using copy = await copyOfProject();
    await rm(join(copy.path, "supabase/functions/vapi-webhook/authenticate.ts"));
    await using rehearsal = await rehearse(copy.path);
    await using running = await serve(rehearsal.project, "vapi-webhook", {});
    assert.equal(await running.status("GET"), 503);
    assert.match(running.log.join(), /vapi-webhook does not start: .*authenticate\.ts/);
  });

  await test.step("an imported package is not in the functions' own deno.json", async () => {
    await using copy = await copyOfProject();
    await edit(join(copy.path, INDEX), (text) => `import "postgres";\n${text}`);
    await using rehearsal = await rehearse(copy.path);
    await using running = await serve(rehearsal.project, "vapi-webhook", {});
    assert.equal(await running.status("GET"), 503);
    assert.match(running.log.join(), /vapi-webhook does not start: .*"postgres"/);
  });
});

/** Runs one function as it was uploaded, from a folder that holds nothing else. */
async function serve(project: HostedProject, name: string, settings: Settings) {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await unpacked(project, name));
  const log: string[] = [];
  const functions = new FunctionsProcess(folder.path, (line) => log.push(line), await deno21());
  started.defer(() => functions.stop());
  await functions.start(functionEnvironment(settings, project.stack.url));
  const running = started.move();
  return {
    log,
    /** The status of a request with the body of a first result. */
    async status(method: string, token?: string): Promise<number> {
      const response = await fetch(`${functions.url}/${name}`, {
        method,
        headers: {
          "Content-Type": "application/json",
          ...token && { Authorization: `Bearer ${token}` },
        },
        body: method === "POST" ? JSON.stringify(firstResult()) : undefined,
      });
      await response.body?.cancel();
      return response.status;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function firstResult() {
  return {
    providerId: PROVIDER,
    serviceRequestId: REQUEST,
    callResult: {
      status: "completed",
      callId: "first-call",
      createdAt: "2026-11-22T10:00:00Z",
      endedReason: "customer-ended-call",
      transcript: "AI: Are you free?\nUser: Yes, at nine.",
      analysis: { summary: "Free at nine." },
    },
  };
}
