import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Problem } from "../supabase/functions/_shared/problem.ts";
import { originalBodies } from "./support/call_results.ts";
import { TOKEN } from "./support/stack.ts";
import { endOfCallReport } from "./support/vapi_messages.ts";
import { startWebhookStack } from "./support/webhook.ts";

Deno.test("whatever a sender repeats, what it leaves behind is bounded, and no result is lost to that", async (test) => {
  await using testStack = await startWebhookStack();
  const { sql, post, send, place, newRequest } = testStack;
  const figure = async (name: string) => (await sql`select * from call_health`)[0][name];

  await test.step("of what is reported before there is a call, the log keeps the first hundred of a provider", async () => {
    const { id, providers: [provider] } = await newRequest();
    const { error, success } = originalBodies(provider, id);
    assert.equal(await figure("full_logs"), 0);
    const outcomes = new Set<string>();
    for (let i = 0; i < 130; i++) {
      const response = await post(error, { "Idempotency-Key": `key-${i}` });
      assert.equal(response.status, 200);
      outcomes.add((await response.json()).outcome);
    }
    const logged = () => sql`select from interaction_logs where provider_id = ${provider}`;
    assert.equal((await logged()).length, 100);
    assert.equal(await figure("full_logs"), 1);
    assert.deepEqual([...outcomes], ["applied", "superseded", "duplicate"]);

    assert.equal((await (await post(success)).json()).outcome, "applied");
    assert.equal((await logged()).length, 101);
  });

  await test.step("and the first mebibyte", async () => {
    const { id, providers: [provider] } = await newRequest();
    for (let i = 0; i < 12; i++) {
      const message = randomBytes(150_000).toString("base64");
      const response = await post({
        providerId: provider,
        serviceRequestId: id,
        callResult: { status: "queued", message },
      });
      assert.equal(response.status, 200);
      await response.body?.cancel();
    }
    const logged = await sql`select from interaction_logs where provider_id = ${provider}`;
    assert(logged.length < 12);
    assert(logged.length >= 5);
  });

  /** Sends what is wrong, each time differently. */
  async function wrong(): Promise<Response> {
    const { id, providers: [provider] } = await newRequest();
    return await post({ ...originalBodies(provider, id).success, serviceRequestId: provider });
  }

  async function assertFull(first: unknown) {
    const refused = await wrong();
    const problem = await refused.json();
    assert.equal(refused.status, 503, JSON.stringify(problem));
    assert.deepEqual([problem.code, problem.retryable], ["unavailable", true]);
    assert.match(problem.detail, /wrong_request/);
    assert(Number(refused.headers.get("Retry-After")) > 0);
    assert.equal(problem.rejectedId, undefined);
    assert.equal(await figure("full_rejections"), 1);

    const again = await post(first);
    assert.equal(again.status, 422, "what is kept already takes no room");
    assert((await again.json()).rejectedId);

    const { id, providers: [provider] } = await newRequest();
    const { success } = originalBodies(provider, id);
    assert.equal(
      (await (await post(success)).json()).outcome,
      "applied",
      "a result is no rejection",
    );

    const nobody = { ...await place(), providerId: crypto.randomUUID() };
    assert.equal(
      (await send(endOfCallReport(nobody))).status,
      404,
      "each source has its own bound",
    );
  }

  const bounds = {
    "ten thousand deliveries": [9998, 1],
    "128 MiB": [127, 1024 * 1024],
  };
  for (const [bound, [count, bytes]] of Object.entries(bounds)) {
    await test.step(`of what is rejected, ${bound} of a source are kept each day; more is answered 503, and so not lost`, async () => {
      await sql`delete from rejected_call_results`;
      const first = { wrong: true };
      assert.equal((await post(first)).status, 422);
      assert.equal((await post("{")).status, 400);
      const payload = randomBytes(bytes / 2).toString("hex");
      await sql.begin(async (sql) => {
        // Without a look at the bound for each of them.
        await sql`set local session_replication_role = replica`;
        await sql`
          insert into rejected_call_results (source, code, payload, delivery_digest)
          select 'kestra', 'invalid_payload', to_jsonb(${payload}::text), sha256(convert_to(i::text, 'UTF8'))
          from generate_series(2, ${count}) as i`;
      });
      assert.equal(await figure("full_rejections"), 0);
      assert.equal((await wrong()).status, 409);
      if (bytes > 1) {
        await sql`
          insert into rejected_call_results (source, code, payload, delivery_digest)
          select 'kestra', 'invalid_payload', to_jsonb(${payload + payload}::text), sha256('last')`;
      }
      await assertFull(first);

      await sql`update rejected_call_results set received_at = received_at - interval '25 hours'`;
      assert.equal(await figure("full_rejections"), 0);
      assert.equal((await wrong()).status, 409);
    });
  }

  await test.step("what was sent is not echoed at length, neither in the answer nor in the row", async () => {
    const key = "k".repeat(900_000);
    const bodies = [
      { [key]: "\0" },
      { [key]: { [key.slice(0, 40_000)]: "\0" } },
      { callResult: { [key]: { [key.slice(1)]: "\ud800" } } },
    ];
    for (const body of bodies) {
      const response = await post(JSON.stringify(body).slice(0, 1024 * 1024));
      const answer = await response.text();
      assert(response.status >= 400 && response.status < 500);
      assert(answer.length < 10_000, `${answer.length}`);
      const [{ length }] = await sql`
        select length(issues::text) from rejected_call_results where id = ${
        JSON.parse(answer).rejectedId
      }`;
      assert(length < 10_000);
    }
  });

  await test.step("no token, no room: nothing of a stranger's is kept", async () => {
    const before = await sql`select from rejected_call_results`;
    const response = await post({ wrong: true }, { Authorization: `Bearer not ${TOKEN}` });
    assert.equal(response.status, 401);
    assert.equal((await sql`select from rejected_call_results`).length, before.length);
  });
});

Deno.test("a problem has at most 20 issues, of 5 levels with 64 characters each, and a detail of a few lines", async () => {
  const level = "😀".repeat(100);
  const issues = Array.from({ length: 1000 }, (_, i) => ({
    path: Array(50).fill(`${i}${level}`).join("."),
    message: "is wrong ".repeat(1000),
  }));
  const problem = new Problem("invalid_payload", `${level.repeat(1000)} is wrong`, { issues });
  const answer = await problem.toResponse().json();
  assert.equal(answer.issues.length, 20);
  for (const { path, message } of answer.issues) {
    const levels = path.split(".");
    assert.equal(levels.length, 5);
    for (const each of levels) assert(each.length <= 64 && each.isWellFormed());
    assert(message.length <= 500);
  }
  assert(answer.detail.length <= 500 && answer.detail.isWellFormed());
  assert.deepEqual(problem.extra.issues, answer.issues);
});
