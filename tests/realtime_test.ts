import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { type Change, followRealtime, summaryOf } from "./support/changes.ts";
import { originalBodies } from "./support/call_results.ts";
import { endOfCallReport, statusUpdate } from "./support/vapi_messages.ts";
import { startWebhookStack } from "./support/webhook.ts";

const MIB = 1024 * 1024;
const LOG = "insert public.interaction_logs";
const LOG_AGAIN = "update public.interaction_logs";
const PROVIDER = "update public.providers";
const REQUEST = "update public.service_requests";

Deno.test("a subscriber gets each save as one transaction with what changed, and nothing else", async (test) => {
  await using testStack = await startWebhookStack();
  const { sql, post, saved, place, newRequest } = testStack;
  const owner = crypto.randomUUID();
  const stranger = crypto.randomUUID();
  await sql`insert into auth.users (id, email) values (${owner}, 'owner@example.com'), (${stranger}, 'x@example.com')`;
  const realtime = await followRealtime(sql);
  const seen: Change[] = [];

  /** Asserts the transactions that something makes. */
  async function assertChanges(what: () => Promise<unknown>, ...transactions: string[][]) {
    await realtime.transactions();
    await what();
    const changes = await realtime.transactions();
    assert.deepEqual(changes.map(summaryOf), transactions);
    seen.push(...changes.flat());
    return changes.flat();
  }

  await test.step("each step of a call: the log, the row, and the request where it moves", async () => {
    const placed = await place();
    await sql`update service_requests set user_id = ${owner} where id = ${placed.serviceRequestId}`;
    await assertChanges(() => saved(statusUpdate(placed, "queued")), [LOG, PROVIDER, REQUEST]);
    await assertChanges(() => saved(statusUpdate(placed, "in-progress")), [LOG, PROVIDER]);
    await assertChanges(() => saved(endOfCallReport(placed)), [LOG, PROVIDER, REQUEST]);
  });

  await test.step("what comes late: only what it changes", async () => {
    const placed = await place();
    await sql`update service_requests set user_id = ${owner} where id = ${placed.serviceRequestId}`;
    const late = { analysis: { summary: "Late" } };
    await assertChanges(
      () => saved(endOfCallReport(placed, { analysis: {} })),
      [LOG, PROVIDER, REQUEST],
    );
    await assertChanges(() => saved(endOfCallReport(placed, late)), [PROVIDER, LOG_AGAIN].sort());
    await assertChanges(() => saved(statusUpdate(placed, "in-progress")), [LOG]);
  });

  await test.step("a duplicate, a refusal and a message that is ignored: nothing", async () => {
    const { id, providers: [provider] } = await newRequest();
    await sql`update service_requests set user_id = ${owner} where id = ${id}`;
    const { success } = originalBodies(provider, id);
    await assertChanges(() => post(success), [LOG, PROVIDER, REQUEST]);
    await assertChanges(() => post(success));
    await assertChanges(() => post({ ...success, providerId: crypto.randomUUID() }));
    await assertChanges(() => post("{"));
    await assertChanges(() => saved({ message: { type: "hang" } }));
  });

  await test.step("the customer may read every row that was published, a stranger and anon none", async () => {
    assert(seen.length > 10);
    for (const { table, row } of seen) {
      assert.equal(await canRead(sql, "authenticated", owner, table, row.id), true, table);
      assert.equal(await canRead(sql, "authenticated", stranger, table, row.id), false, table);
      assert.equal(await canRead(sql, "anon", "", table, row.id), false, table);
    }
  });

  await test.step("up to half a MiB of transcript each row is below Realtime's limit of 1 MiB", async () => {
    const placed = await place();
    const changes = await assertChanges(
      () => saved(conversation(placed, MIB / 2)),
      [LOG, PROVIDER, REQUEST],
    );
    for (const { bytes, table } of changes) assert(bytes < MIB, `${table}: ${bytes} bytes`);
  });

  await test.step("the largest bodies make rows above it, whose large values a subscriber has to fetch", async () => {
    const placed = await place();
    const changes = await assertChanges(
      () => saved(conversation(placed, 3.9 * MIB)),
      [LOG, PROVIDER, REQUEST],
    );
    for (const { bytes, table } of changes) {
      assert.equal(bytes > MIB, table !== "public.service_requests", `${table}: ${bytes} bytes`);
    }
  });

  await test.step("a transcript is sent once: a later save, or another write, sends only what is small or new", async () => {
    const placed = await place();
    const report = conversation(placed, MIB / 2);
    await saved(report);
    Object.assign(report.message, { analysis: { summary: "Late" } });
    const changes = await assertChanges(() => saved(report), [PROVIDER, LOG_AGAIN].sort());
    const { row } = changes.find(({ table }) => table === "public.providers")!;
    assert.equal(row.call_summary, "Late");
    for (const { table, row, bytes } of changes) {
      assert(row.call_transcript === undefined && row.transcript === undefined, table);
      assert(bytes < 1000, `${table}: ${bytes} bytes`);
    }

    const [rename] = await assertChanges(
      () => sql`update providers set name = 'Renamed' where id = ${placed.providerId}`,
      [PROVIDER],
    );
    assert.equal(rename.row.name, "Renamed");
    assert(rename.row.call_transcript === undefined);
    assert(rename.bytes < 1000, `${rename.bytes} bytes`);
  });
});

type Placed = Parameters<typeof endOfCallReport>[0];

/** A report whose transcript has so many bytes. */
function conversation(placed: Placed, bytes: number) {
  // Random, so that no compression makes it smaller.
  const line = () => `AI: ${crypto.randomUUID()}${crypto.randomUUID()}\n`;
  const transcript = Array.from({ length: Math.floor(bytes / line().length) }, line).join("");
  const report = endOfCallReport(placed, { artifact: null });
  return { message: { ...report.message, transcript } };
}

/** Whether a role with a user's claims may read a row: what Realtime asks for each subscriber. */
async function canRead(sql: Sql, role: string, user: string, table: string, id: unknown) {
  try {
    return await sql.begin(async (sql) => {
      await sql`select set_config('role', ${role}, true),
        set_config('request.jwt.claims', ${JSON.stringify({ sub: user, role })}, true)`;
      return (await sql`select from ${sql(table)} where id = ${id as string}`).length === 1;
    });
  } catch (error) {
    if ((error as { code?: string }).code === "42501") return false;
    throw error;
  }
}
