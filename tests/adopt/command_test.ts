import assert from "node:assert/strict";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { adopt } from "../../adopt/adopt.ts";
import { functionNames } from "../../adopt/our_functions.ts";
import { startHostedProject } from "../deploy/hosted_project.ts";
import { supabaseCli } from "../../local/supabase_cli.ts";
import { PROJECT } from "../../local/stack.ts";
import { type Repository, repositoryOf } from "./living_project.ts";

const CONFIG = "supabase/config.toml";

/** Runs `deno task adopt`. */
async function command(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "adopt", ...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, said: text(stdout), complained: text(stderr) };
}

Deno.test("deno task adopt says what it found, decided, tried and wrote; with --dry-run it writes nothing", async (test) => {
  await using repository = await repositoryOf("original", "tenancy");
  const before = await repository.files();
  await appendFile(join(repository.path, CONFIG), "\n# Not committed.\n");

  await test.step("--dry-run, whatever git says", async () => {
    const { code, said } = await command("--into", repository.path, "--dry-run");
    assert.equal(code, 0, said);
    const titles = said.split("\n").filter((line) => /^\w/.test(line)).map((line) =>
      line.split(" (")[0]
    );
    assert.deepEqual(titles, [
      "Found",
      "Decided",
      "Changed in your tables",
      "Rehearsed on a scratch database",
      "What who can see of it",
      "Would be written",
      "Next",
    ]);
    for (
      const decision of [
        /service_requests\.status becomes CALLING while a call is open, and ANALYZING when none is, whatever the outcome\. It is moved only from PENDING, SEARCHING and CALLING;.*private\.update_request_status/,
        /providers\.call_status shows canceled as failed\..*private\.show_call/,
        /interaction_logs\.org_id is filled from the request, never left to a default\..*private\.log_call/,
        /interaction_logs\.call_id is unique: only the row of a call's ending carries it/,
        /providers\.call_duration_minutes is rounded and cut to what the column holds \(at most 999\.99\)/,
        /db push --remote[^]*secrets set[^]*functions deploy/,
      ]
    ) assert.match(said, decision);
    assert.match(
      said,
      /the customer: service_requests 1, providers 2, interaction_logs 0 -> service_requests 1, providers 2, interaction_logs 6/,
    );
    await inThisOrder(said, "docs/adopt.md");
    await writeFile(
      join(repository.path, CONFIG),
      (await readFile(join(repository.path, CONFIG), "utf8")).replace("\n# Not committed.\n", ""),
    );
    assert.deepEqual(await repository.files(), before);
  });

  await test.step("without it, what was said is there; the stamps are behind theirs, and not of the future", async () => {
    const { code, said } = await command("--into", repository.path);
    assert.equal(code, 0, said);
    const added = [...(await repository.files()).keys()].filter((path) => !before.has(path));
    const stamps = added.map((path) =>
      /migrations\/(\d{14})_call_results_\w+\.sql$/.exec(path)?.[1]
    ).filter(Boolean);
    assert.equal(stamps.length, 4);
    const now = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
    assert(stamps.every((stamp) => stamp! > "20251201000000" && stamp! <= now), stamps.join());
  });

  await test.step("again it changes nothing, and says so", async () => {
    const now = await repository.files();
    const { code, said } = await command("--into", repository.path);
    assert.deepEqual([code, said.trim()], [
      0,
      "Everything is there already, and in order. Nothing was changed.",
    ]);
    assert.deepEqual(await repository.files(), now);
  });

  await test.step("what it refuses it says in a sentence, and ends with 1", async () => {
    const { code, complained } = await command("--into", join(repository.path, "supabase"));
    assert.equal(code, 1);
    assert.match(complained, /has no supabase\/config\.toml: .*\nNothing was written\.\n$/);
    assert.match((await command()).complained, /Say which project: --into DIR/);
    assert.match(
      (await command("--inot", ".")).complained,
      /Unknown option '--inot'/,
    );
  });
});

Deno.test("an upgrade brings only what is new, and what was changed by hand is not overwritten", async (test) => {
  await using repository = await repositoryOf("original");
  const read = (path: string) => readFile(join(repository.path, path), "utf8");
  const first = await adopt({ into: repository.path });
  const FILE = "supabase/functions/_call_results/json.ts";
  const MANIFEST = "supabase/functions/_call_results/adopted.json";
  const ours = await read(FILE);

  await test.step("an older file of ours is replaced, one that we have no more goes, and a migration that is missing comes last", async () => {
    const schedule = first.files.find(({ path }) => path.endsWith("_schedule.sql"))!.path;
    await rm(join(repository.path, schedule));
    await older(repository, MANIFEST, FILE, "// older\n");
    await older(repository, MANIFEST, "supabase/functions/_call_results/gone.ts", "// gone\n");
    repository.commit();
    const { files } = await adopt({ into: repository.path });
    const [migration, ...rest] = files.map(({ path }) => path);
    assert.match(migration, /_call_results_schedule\.sql$/);
    assert(migration > schedule);
    assert.deepEqual(rest, [FILE, "supabase/functions/_call_results/gone.ts", MANIFEST]);
    assert.equal(await read(FILE), ours);
    await assert.rejects(read("supabase/functions/_call_results/gone.ts"), { code: "ENOENT" });
  });

  await test.step("the adapter is theirs: changed, it stays", async () => {
    const adapter = first.files.find(({ path }) => path.endsWith("_adapter.sql"))!.path;
    await writeFile(
      join(repository.path, adapter),
      (await read(adapter)).replaceAll("'ANALYZING'", "'RECOMMENDED'"),
    );
    repository.commit();
    const { files, rehearsed } = await adopt({ into: repository.path });
    assert.deepEqual(files, []);
    assert.match(rehearsed![3], /it ends: applied; .* the request's RECOMMENDED/);
  });

  await test.step("tables that have changed since are noticed, and with --renew-adapter it is written anew for them", async () => {
    const tenancy = new URL(
      "fixtures/tenancy/supabase/migrations/20251201000000_tenancy.sql",
      import.meta.url,
    );
    const stamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
    await writeFile(
      join(repository.path, `supabase/migrations/${stamp}_tenancy.sql`),
      await readFile(tenancy),
    );
    repository.commit();
    const { files, outdated } = await adopt({ into: repository.path });
    assert.deepEqual([files, outdated], [[], [
      "private.log_call",
      "private.update_request_status",
    ]]);
    const renewed = await adopt({ into: repository.path, renewAdapter: true });
    assert.match(
      renewed.files.map(({ path }) => path).join(),
      /^supabase\/migrations\/\d+_call_results_adapter_2\.sql$/,
    );
    assert.match(renewed.files[0].text!, /r\.org_id/);
    repository.commit();
    const again = await adopt({ into: repository.path, renewAdapter: true });
    assert.deepEqual([again.files, again.outdated], [[], []]);
  });

  await test.step("a function that was changed by hand is named, and overwritten only with --force", async () => {
    await writeFile(join(repository.path, FILE), "// mine\n");
    repository.commit();
    await assert.rejects(adopt({ into: repository.path }), {
      message: /json\.ts was changed since it was adopted/,
    });
    assert.equal(await read(FILE), "// mine\n");
    await adopt({ into: repository.path, force: true });
    assert.equal(await read(FILE), ours);
    repository.commit();
  });

  await test.step("a core of another version is named", async () => {
    const core = first.files.find(({ path }) => path.endsWith("_core.sql"))!.path;
    await appendFile(join(repository.path, core), "-- Another.\n");
    await assert.rejects(adopt({ into: repository.path }), {
      message: /_call_results_core\.sql is not this version's/,
    });
  });
});

Deno.test("what is adopted is deployed by the real CLI, beside their own functions", async () => {
  await using repository = await repositoryOf("original");
  await adopt({ into: repository.path });
  await using hosted = await startHostedProject("abcdefghijklmnopqrst");
  const cli = await supabaseCli();
  for (
    const args of [["db", "push", `--remote=${hosted.stack.dbUrl}`], [
      "functions",
      "deploy",
      "--use-api",
      "--remote=abcdefghijklmnopqrst",
    ]]
  ) {
    const { code, stderr } = await new Deno.Command(cli, {
      args: [...args, "--yes"],
      cwd: repository.path,
      env: hosted.env,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  }
  assert.deepEqual(
    [...hosted.api.functions.keys()].sort(),
    ["hello", ...await functionNames()].sort(),
  );
  for (const name of await functionNames()) {
    const { verifyJwt, importMapPath, files } = hosted.api.functions.get(name)!;
    assert.deepEqual([verifyJwt, importMapPath], [
      false,
      "supabase/functions/_call_results/deno.json",
    ]);
    assert(files.has("supabase/functions/_call_results/settings.ts"));
    assert(
      ![...files.keys()].some((path) => path.includes("_shared") || path.includes("adopted.json")),
    );
  }
  assert.equal(hosted.api.functions.get("hello")!.verifyJwt, true);
});

/** That what a document says is printed is printed. */
async function inThisOrder(printed: string, document: string) {
  const text = await readFile(join(PROJECT, document), "utf8");
  const rest = printed.split("\n");
  for (const line of /```text\n([^]*?)```/.exec(text)![1].trim().split("\n")) {
    if (line === "...") continue;
    const at = rest.indexOf(line);
    assert(at >= 0, `"${line}" was not printed, or not there`);
    rest.splice(0, at + 1);
  }
}

/** Writes a file as an earlier version of ours would have left it. */
async function older(repository: Repository, manifest: string, file: string, text: string) {
  const at = join(repository.path, manifest);
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  );
  const { tables, files } = JSON.parse(await readFile(at, "utf8"));
  await writeFile(at, JSON.stringify({ tables, files: { ...files, [file]: digest.toHex() } }));
  await writeFile(join(repository.path, file), text);
}
