import assert from "node:assert/strict";
import { adopt } from "../../adopt/adopt.ts";
import { changesOfTheirs, readCatalog } from "../../adopt/catalog.ts";
import { repositoryOf, startLivingProject } from "./living_project.ts";

const TABLES = { requests: "public.jobs", providers: "public.vendors", log: "public.activity" };
const CUSTOMER = "33333333-3333-4333-8333-333333333333";

Deno.test("tables of other names are adopted, with a status, a log and a schema of their own kind", async (test) => {
  await using project = await startLivingProject("other_names");
  const { sql, save, repository } = project;
  await sql`insert into auth.users (id, email) values (${CUSTOMER}, 'customer@example.com')`;
  const [{ id: request }] = await sql`
    insert into jobs (customer, account_id) values (${CUSTOMER}, 7) returning id`;
  const [{ id: provider }] = await sql`
    insert into vendors (job_id, company) values (${request}, 'Blue Ridge Plumbing') returning id`;
  await sql`insert into vendors (company) values ('Of no job')`;
  const before = await readCatalog(sql);
  const adoption = await adopt({ into: repository.path, tables: TABLES });
  await project.deploy();
  const vendor = async () => ({ ...(await sql`select * from vendors where id = ${provider}`)[0] });
  const call = { callId: "call-1", createdAt: "2026-11-22T10:00:00Z" };

  await test.step("nothing of theirs is changed but what is added; the schema private stays theirs", async () => {
    assert.deepEqual(changesOfTheirs(before, await readCatalog(sql), adoption.fit!.added), []);
    const [{ comment }] = await sql`select obj_description('private'::regnamespace) as comment`;
    assert.equal(comment, "Theirs.");
  });

  await test.step("a call is shown in their labels, and the request's status is left alone", async () => {
    const shown = [];
    for (const status of ["queued", "in_progress", "timeout", "voicemail"]) {
      const answer = await save({ provider, request }, { ...call, status });
      shown.push([answer.callStatus, (await vendor()).call_status, answer.requestStatus]);
    }
    assert.deepEqual(shown, [
      ["queued", "queued", "new"],
      ["in_progress", "calling", "new"],
      ["timeout", "failed", "new"],
      ["voicemail", "no_answer", "new"],
    ]);
  });

  await test.step("what is too long or too exact is saved as far as the columns go", async () => {
    const summary = "Free at nine. ".repeat(30).trim();
    await save({ provider, request }, {
      ...call,
      status: "voicemail",
      duration: 1234.5,
      analysis: { summary },
    });
    const row = await vendor();
    assert.deepEqual([row.call_duration_minutes, row.call_summary], [1235, summary.slice(0, 80)]);
    assert.equal(
      (await save({ provider, request }, { ...call, status: "voicemail", analysis: { summary } }))
        .outcome,
      "duplicate",
    );
  });

  await test.step("the log has one row for each (call, status), filled with what their log wants", async () => {
    const log =
      await sql`select account_id::int, event, left(message, 20) as message from activity order by id`;
    assert.deepEqual(
      [...log],
      [
        "The call is waiting ",
        "The call was answere",
        "The call was not see",
        "Free at nine. Free a",
      ].map((message) => ({ account_id: 7, event: "Call to Blue Ridge Plumbing", message })),
    );
  });

  await test.step("a newer call takes the row, of which nothing is left that must not be null", async () => {
    await save({ provider, request }, {
      status: "queued",
      callId: "call-2",
      createdAt: "2026-11-23T10:00:00Z",
    });
    const { call_status, call_id, call_summary, call_duration_minutes } = await vendor();
    assert.deepEqual([call_status, call_id, call_summary, call_duration_minutes], [
      "queued",
      "call-2",
      "",
      null,
    ]);
  });

  await test.step("adopted again without naming them, the tables are known, and nothing is written", async () => {
    assert.deepEqual((await adopt({ into: repository.path })).files, []);
  });

  await test.step("a provider of no request is unknown", async () => {
    const [{ id }] = await sql`select id from vendors where job_id is null`;
    await assert.rejects(
      save({ provider: id, request }, { ...call, status: "queued" }),
      /^Error: 404 .*unknown_provider/,
    );
  });
});

Deno.test("a project without such tables gets ours", async () => {
  await using project = await startLivingProject("empty");
  const { sql, save, repository } = project;
  const { fit, files } = await adopt({ into: repository.path });
  assert.equal(fit, undefined);
  const names = files.map(({ path }) => /_call_results_(\w+)\.sql$/.exec(path)?.[1]).filter(
    Boolean,
  );
  assert.deepEqual(names, ["core", "application_tables", "adapter", "schedule"]);
  await project.deploy();
  const [{ id: request }] =
    await sql`insert into service_requests (title) values ('A tap') returning id`;
  const [{ id: provider }] =
    await sql`insert into providers (request_id, name) values (${request}, 'First') returning id`;
  const answer = await save({ provider, request }, { status: "completed", callId: "call-1" });
  assert.deepEqual([answer.outcome, answer.requestStatus], ["applied", "completed"]);
  assert.deepEqual((await adopt({ into: repository.path })).files, []);
});

Deno.test("migrations that use the platform's extensions and schemas apply, and are adopted", async () => {
  await using repository = await repositoryOf("original", "platform");
  const { rehearsed, notRehearsed } = await adopt({ into: repository.path, dryRun: true });
  assert.deepEqual([rehearsed?.length, notRehearsed], [9, undefined]);
});
