import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { adopt } from "../../adopt/adopt.ts";
import { changesOfTheirs, readCatalog } from "../../adopt/catalog.ts";
import { type LivingProject, seenBy, startLivingProject } from "./living_project.ts";

const TABLES = ["service_requests", "providers", "interaction_logs"];
const ADDED = ["call_success_evaluation", "call_ended_reason", "call_error", "call_recording_url"];
const STATUSES = [
  "PENDING",
  "SEARCHING",
  "CALLING",
  "ANALYZING",
  "RECOMMENDED",
  "BOOKING",
  "COMPLETED",
  "FAILED",
];
const CUSTOMER = "33333333-3333-4333-8333-333333333333";
const STRANGER = "33333333-3333-4333-8333-333333333334";
const ORGANIZATION = "00000000-0000-4000-8000-00000000000a";

const ROLLED_BACK = new Error("rolled back");

for (const [state, fixtures] of Object.entries({ A: ["original"], B: ["original", "tenancy"] })) {
  Deno.test(`the original in state ${state} is adopted without losing a row, a policy or a screen`, async (test) => {
    await using project = await startLivingProject(...fixtures);
    const { sql, save, repository } = project;
    const hasTenancy = fixtures.includes("tenancy");
    const rows = await makeRows(sql, hasTenancy);
    const lookAround = async () => ({
      anybody: await seenBy(sql, TABLES, "anon"),
      customer: await seenBy(sql, TABLES, "authenticated", CUSTOMER),
      stranger: await seenBy(sql, TABLES, "authenticated", STRANGER),
    });
    const seen = await lookAround();
    assert.equal(seen.customer.service_requests.length, STATUSES.length + 2);
    const before = await readCatalog(sql);
    const theirFiles = await repository.files();

    const adoption = await adopt({ into: repository.path });
    await project.deploy();

    await test.step("their tables have four columns more, and nothing else of theirs is changed", async () => {
      const added = ADDED.map((column) => ({ table: "public.providers", column }));
      assert.deepEqual(adoption.fit!.added.map(({ table, column }) => ({ table, column })), added);
      const after = await readCatalog(sql);
      assert.deepEqual(changesOfTheirs(before, after, added), []);
      assert.equal(changesOfTheirs(before, after, []).length, ADDED.length);
    });

    await test.step("of their files only config.toml is changed: it ends with our blocks", async () => {
      const now = await repository.files();
      const changed = [...theirFiles].filter(([path, digest]) => now.get(path) !== digest);
      assert.deepEqual(changed.map(([path]) => path), ["supabase/config.toml"]);
      const added = [...now.keys()].filter((path) => !theirFiles.has(path));
      const ours =
        /^supabase\/(migrations\/\d{14}_call_results_\w+\.sql|functions\/(_call_results|save-call-result|vapi-webhook|reconcile-calls)\/.*)$/;
      assert.deepEqual(added.filter((path) => !ours.test(path)), []);
    });

    await test.step("everybody sees the rows that they saw, as they were", async () => {
      const without = (row: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !ADDED.includes(name)));
      const now = await lookAround();
      for (const who of Object.keys(now) as (keyof typeof now)[]) {
        for (const table of TABLES) {
          assert.deepEqual(now[who][table].map(without), seen[who][table], `${who}: ${table}`);
        }
      }
    });

    await test.step("of ours nobody but the backend reaches anything, whatever the platform grants by default", async () => {
      assert.deepEqual(await reachable(sql, before), []);
    });

    await test.step("a call over HTTP: the request is CALLING while it is open, ANALYZING when it ended", async () => {
      const ids = await rows.newProvider("PENDING");
      const call = { callId: "call-1", createdAt: "2026-11-22T10:00:00Z" };
      assert.equal((await save(ids, { ...call, status: "queued" })).requestStatus, "CALLING");
      assert.equal((await save(ids, { ...call, status: "in_progress" })).requestStatus, "CALLING");
      const open = await rows.provider(ids.provider);
      assert.deepEqual([open.call_duration_minutes, open.call_cost], [null, null]);
      const ended = await save(ids, {
        ...call,
        status: "completed",
        endedReason: "customer-ended-call",
        duration: 1234.5,
        cost: 0.12345,
        transcript: "AI: Are you free?\nUser: At nine.",
        analysis: { summary: "Free at nine.", structuredData: { call_outcome: "positive" } },
      });
      assert.deepEqual([ended.outcome, ended.requestStatus], ["applied", "ANALYZING"]);
      const row = await rows.provider(ids.provider);
      assert.deepEqual(
        [
          row.call_status,
          row.call_duration_minutes,
          row.call_cost,
          row.call_summary,
          row.call_result,
          row.call_method,
        ],
        ["completed", "999.99", "0.1235", "Free at nine.", { call_outcome: "positive" }, "kestra"],
      );
      const [kept] =
        await sql`select reports #>> '{kestra,call_duration_minutes}' as minutes from private.calls where call_id = 'call-1'`;
      assert.equal(kept.minutes, "1234.5");
      const log = await rows.log(ids.request);
      assert.deepEqual(log.map(({ status, detail, call_id }) => [status, detail, call_id]), [
        ["info", "The call is waiting to be answered.", null],
        ["info", "The call was answered.", null],
        ["success", "Free at nine.", "call-1"],
      ]);
      assert.deepEqual(log[2].transcript, [{ speaker: "AI", text: "Are you free?" }, {
        speaker: "User",
        text: "At nine.",
      }]);
      if (hasTenancy) {
        assert.deepEqual(new Set(log.map(({ org_id }) => org_id)), new Set([ORGANIZATION]));
      }
    });

    for (const status of STATUSES) {
      const stays = !["PENDING", "SEARCHING", "CALLING"].includes(status);
      await test.step(`a request that is ${status} ${stays ? "stays so" : "moves on"}`, async () => {
        const ids = await rows.newProvider(status);
        const callId = `of-${status}`;
        const open = await save(ids, { status: "in_progress", callId });
        const ended = await save(ids, { status: "no_answer", callId });
        const expected = stays ? [status, status] : ["CALLING", "ANALYZING"];
        assert.deepEqual([open.requestStatus, ended.requestStatus], expected);
      });
    }

    await test.step("while another provider's call is open, the request is CALLING", async () => {
      const first = await rows.newProvider("PENDING");
      const second = {
        request: first.request,
        provider: await rows.anotherProvider(first.request),
      };
      await save(first, { status: "queued", callId: "of-first" });
      await save(second, { status: "in_progress", callId: "of-second" });
      assert.equal(
        (await save(first, { status: "busy", callId: "of-first" })).requestStatus,
        "CALLING",
      );
      assert.equal(
        (await save(second, { status: "failed", callId: "of-second" })).requestStatus,
        "ANALYZING",
      );
    });

    await test.step("a call that is canceled is shown as failed, which their backend knows to be the end", async () => {
      const ids = await rows.newProvider("SEARCHING");
      await save(ids, { status: "canceled", callId: "canceled" });
      assert.equal((await rows.provider(ids.provider)).call_status, "failed");
      assert.equal(
        (await save(ids, { status: "canceled", callId: "canceled" })).outcome,
        "duplicate",
      );
    });

    await test.step("a call that ended in two ways has a row for each, of which one carries its id", async () => {
      const ids = await rows.newProvider("CALLING");
      await save(ids, { status: "no_answer", callId: "two-ways" });
      await save(ids, {
        status: "completed",
        callId: "two-ways",
        transcript: "AI: Hello?\nUser: At nine.",
        endedReason: "customer-ended-call",
      });
      await save(ids, { status: "no_answer", callId: "two-ways", message: "It rang out." });
      const log = await rows.log(ids.request);
      assert.deepEqual(log.map(({ status, call_id }) => [status, call_id]), [[
        "warning",
        "two-ways",
      ], ["success", null]]);
    });

    await test.step("a log row of another request that claims the call is not written to", async () => {
      const [ids, other] = [await rows.newProvider("CALLING"), await rows.newProvider("CALLING")];
      const claim = {
        request_id: other.request,
        step_name: "Call",
        detail: "Theirs.",
        status: "info",
        call_id: "claimed",
      };
      await sql`insert into interaction_logs ${
        sql({ ...claim, ...hasTenancy && { org_id: ORGANIZATION } })
      }`;
      await save(ids, { status: "voicemail", callId: "claimed" });
      assert.deepEqual((await rows.log(other.request)).map(({ detail }) => detail), ["Theirs."]);
      assert.deepEqual(
        (await rows.log(ids.request)).map(({ status, call_id }) => [status, call_id]),
        [["warning", null]],
      );
    });

    await test.step("booking_confirmed stays, and what is reported beside it is added", async () => {
      const { provider, request } = rows.booked;
      await save({ provider, request }, { status: "completed", callId: "booked", cost: 0.5 });
      const row = await rows.provider(provider);
      assert.deepEqual([row.call_status, row.call_cost, row.call_transcript], [
        "booking_confirmed",
        "0.5000",
        "AI: Booked.",
      ]);
    });

    await test.step("a call saved before adoption keeps its transcript, result, duration and cost through a late report", async () => {
      const was = await rows.provider(rows.called.provider);
      const answer = await save(rows.called, { status: "in_progress", callId: "old-call" });
      assert.equal(answer.callStatus, "completed");
      assert.deepEqual(await rows.provider(rows.called.provider), was);
      await save(rows.called, {
        status: "completed",
        callId: "old-call",
        recordingUrl: "https://example.com/1.wav",
      });
      const { call_recording_url, ...row } = await rows.provider(rows.called.provider);
      assert.equal(call_recording_url, "https://example.com/1.wav");
      assert.deepEqual({ ...row, call_recording_url: null }, was);
      const log = await rows.log(rows.called.request);
      assert.deepEqual(
        log.filter(({ call_id }) => call_id === "old-call").map(({ detail }) => detail),
        ["Their own words of it, at length."],
      );
    });

    await oldBackendBeside(test, project, rows, hasTenancy);

    await test.step("the guide's comparison finds every call shown, and its way back leaves their tables as they were", async () => {
      const guide = await Deno.readTextFile(new URL("../../docs/adopt.md", import.meta.url));
      const [comparison, wayBack] = [...guide.matchAll(/```sql\n([^]*?)```/g)].map(([, text]) =>
        text
      );
      const calls = await sql.unsafe(comparison);
      assert(calls.length > STATUSES.length);
      assert.deepEqual(calls.filter(({ is_shown }) => !is_shown), []);
      let after = before;
      await sql.begin(async (sql) => {
        await sql.unsafe(wayBack);
        after = await readCatalog(sql);
        throw ROLLED_BACK;
      }).catch((error) => assert.equal(error, ROLLED_BACK));
      assert.deepEqual(changesOfTheirs(before, after, []), []);
    });

    await test.step("a customer may still delete a request with its calls", async () => {
      const ids = await rows.newProvider("PENDING");
      await save(ids, { status: "queued", callId: "deleted" });
      await sql.begin(async (sql) => {
        await sql`select set_config('request.jwt.claims', ${
          JSON.stringify({ role: "authenticated", sub: CUSTOMER })
        }, true)`;
        await sql`set local role authenticated`;
        await sql`delete from service_requests where id = ${ids.request}`;
      });
      assert.deepEqual([...await sql`select from private.calls where call_id = 'deleted'`], []);
    });

    await test.step("adopted again, before and after a commit, nothing is written", async () => {
      const now = await repository.files();
      assert.deepEqual((await adopt({ into: repository.path })).files, []);
      repository.commit();
      assert.deepEqual((await adopt({ into: repository.path })).files, []);
      assert.deepEqual(await repository.files(), now);
    });
  });
}

/** Their backend writes the same call into the provider's row and, once for each call, into the log. */
async function oldBackendBeside(
  test: Deno.TestContext,
  { sql, save }: LivingProject,
  rows: Awaited<ReturnType<typeof makeRows>>,
  hasTenancy: boolean,
) {
  const theirWrite = async (ids: { provider: string; request: string }, callId: string) => {
    await sql`
      update providers set call_status = 'completed', call_id = ${callId}, call_transcript = 'AI: Theirs.',
        call_result = '{"notes": "theirs"}', call_summary = 'A summary of theirs that is rather long.', call_method = 'kestra'
      where id = ${ids.provider}`;
    const row = {
      request_id: ids.request,
      step_name: "Call to First",
      detail: "A summary of theirs that is rather long.",
      status: "success",
      call_id: callId,
      ...hasTenancy && { org_id: ORGANIZATION },
    };
    await sql`insert into interaction_logs ${sql(row)} on conflict (call_id) do nothing`;
  };
  const ours = (callId: string) => ({ status: "completed", callId, cost: 0.3, duration: 2 });

  for (
    const order of ["theirs, ours", "ours, theirs", "theirs, ours, theirs", "ours, theirs, ours"]
  ) {
    await test.step(`beside their backend nothing is lost or doubled: ${order}`, async () => {
      const ids = await rows.newProvider("CALLING");
      const callId = order.replaceAll(", ", "-");
      for (const [i, who] of order.split(", ").entries()) {
        if (who === "theirs") await theirWrite(ids, callId);
        else await save(ids, { ...ours(callId), ...i > 1 && { message: "Again." } });
      }
      const row = await rows.provider(ids.provider);
      assert.deepEqual(
        [
          row.call_status,
          row.call_transcript,
          row.call_result,
          row.call_cost,
          row.call_duration_minutes,
        ],
        ["completed", "AI: Theirs.", { notes: "theirs" }, "0.3000", "2.00"],
      );
      const log = await rows.log(ids.request);
      assert.deepEqual(log.map(({ call_id, status }) => [call_id, status]), [[callId, "success"]]);
      if (order.startsWith("theirs")) {
        assert.equal(log[0].detail, "A summary of theirs that is rather long.");
      }
      // And a report that comes after all of it.
      await save(ids, { status: "in_progress", callId });
      assert.deepEqual(await rows.provider(ids.provider), row);
    });
  }

  await test.step("and when both write at the same moment", async () => {
    const calls = await Promise.all(
      Array.from(
        { length: 12 },
        async (_, i) => ({ ids: await rows.newProvider("CALLING"), callId: `moment-${i}` }),
      ),
    );
    await Promise.all(
      calls.flatMap(({ ids, callId }) => [theirWrite(ids, callId), save(ids, ours(callId))]),
    );
    for (const { ids, callId } of calls) {
      const { call_transcript, call_cost } = await rows.provider(ids.provider);
      assert.deepEqual([call_transcript, call_cost], ["AI: Theirs.", "0.3000"]);
      assert.deepEqual((await rows.log(ids.request)).map(({ call_id }) => call_id), [callId]);
    }
  });
}

async function makeRows(sql: Sql, hasTenancy: boolean) {
  for (
    const [id, email] of [[CUSTOMER, "customer@example.com"], [STRANGER, "stranger@example.com"]]
  ) {
    await sql`insert into auth.users (id, email) values (${id}, ${email})`;
    await sql`insert into users (id, email) values (${id}, ${email})`;
  }
  const tenant = hasTenancy && { org_id: ORGANIZATION };
  if (hasTenancy) {
    await sql`insert into organizations (id, name) values (${ORGANIZATION}, 'Ours')`;
    await sql`insert into organization_members (org_id, user_id) values (${ORGANIZATION}, ${CUSTOMER})`;
  }
  const newRequest = async (status: string, user_id: string | null = CUSTOMER) => {
    const row = {
      user_id,
      type: "RESEARCH_AND_BOOK",
      title: "A tap",
      description: "It drips.",
      criteria: "Licensed",
      status,
      ...tenant,
    };
    return (await sql`insert into service_requests ${sql(row)} returning id`)[0].id as string;
  };
  const anotherProvider = async (request: string, more: Record<string, unknown> = {}) => {
    const row = { request_id: request, name: "First", ...tenant, ...more };
    return (await sql`insert into providers ${sql(row)} returning id`)[0].id as string;
  };
  const newProvider = async (status: string, more: Record<string, unknown> = {}) => {
    const request = await newRequest(status);
    return { request, provider: await anotherProvider(request, more) };
  };
  for (const status of STATUSES.slice(1)) await newProvider(status);
  await anotherProvider(await newRequest("PENDING", null));
  const called = await newProvider("RECOMMENDED", {
    call_status: "completed",
    call_id: "old-call",
    call_method: "direct_vapi",
    call_transcript: "AI: Hello.\nUser: At nine.",
    call_summary: "No summary",
    call_result: { availability: "available" },
    call_duration_minutes: 2.5,
    call_cost: 0.21,
    called_at: "2025-12-01T10:00:00Z",
  });
  await sql`insert into interaction_logs ${
    sql({
      request_id: called.request,
      step_name: "Call to First",
      detail: "Their own words of it, at length.",
      status: "success",
      call_id: "old-call",
      ...tenant,
    })
  }`;
  const booked = await newProvider("COMPLETED", {
    call_status: "booking_confirmed",
    call_id: "booked",
    call_transcript: "AI: Booked.",
  });
  return {
    called,
    booked,
    newProvider,
    anotherProvider,
    provider: async (id: string) => ({
      ...(await sql`select * from providers where id = ${id}`)[0],
    }),
    log: async (
      request: string,
    ) => [
      ...await sql`select * from interaction_logs where request_id = ${request} order by "timestamp"`,
    ],
  };
}

/** What of ours, which was not there before, a customer or anybody reaches. */
async function reachable(sql: Sql, before: Map<string, unknown>): Promise<string[]> {
  const tables = await sql`
    select format('%I.%I', n.nspname, c.relname) as name, role, privilege
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    cross join unnest(array['anon', 'authenticated']) role
    cross join unnest(array['select', 'insert', 'update', 'delete']) privilege
    where n.nspname in ('public', 'private') and c.relkind in ('r', 'v') and has_table_privilege(role, c.oid, privilege)`;
  const functions = await sql`
    select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as name, role
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    cross join unnest(array['anon', 'authenticated']) role
    where n.nspname in ('public', 'private') and has_function_privilege(role, p.oid, 'execute')`;
  return [
    ...tables.filter(({ name }) => !before.has(`table ${name}`) && !before.has(`view ${name}`)),
    ...functions.filter(({ name }) => !before.has(`function ${name}`)),
  ].map(({ name, role }) => `${role}: ${name}`);
}
