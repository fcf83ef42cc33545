import assert from "node:assert/strict";
import { Constants } from "../supabase/functions/_shared/database.types.ts";
import { stageOf } from "../supabase/functions/_shared/call_status.ts";
import { startTestStack } from "./support/stack.ts";

Deno.test("a status or a source that is new is named wherever nothing is decided of it", async () => {
  await using testStack = await startTestStack();
  const { sql } = testStack;
  const setup = await Deno.readTextFile(
    new URL("../supabase/tests/000_setup.test.sql", import.meta.url),
  );
  await sql.unsafe(setup.slice(setup.indexOf("begin;") + 6, setup.indexOf("commit;"))).simple();
  assert.deepEqual([...await sql`select * from tests.undecided()`], []);

  await sql`alter type public.call_status add value 'declined'`;
  await sql`alter type public.call_source add value 'telegraph'`;
  await sql`alter type public.request_status add value 'paused'`;
  const undecided = await sql`select label, undecided_in from tests.undecided() order by 1, 2`;
  assert.deepEqual(undecided.map(({ label, undecided_in }) => `${label}: ${undecided_in}`), [
    "declined: private.is_own_call_status",
    "declined: private.log_status",
    "declined: private.report_sentence",
    "paused: private.update_request_status",
    "telegraph: private.call_report",
    "telegraph: private.calls, private.add_report",
  ]);
});

Deno.test("SQL and TypeScript say the same of how far a call has come", async () => {
  await using testStack = await startTestStack();
  const stages = await testStack.sql`
    select status::text, private.stage(status) as stage
    from unnest(enum_range(null::public.call_status)) as status`;
  assert.deepEqual(
    stages.map(({ status, stage }) => [status, stage]),
    Constants.public.Enums.call_status.map((status) => [status, stageOf(status)]),
  );
});
