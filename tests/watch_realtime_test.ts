import assert from "node:assert/strict";
import { loadTranscript } from "../client/watch/mod.js";
import { originalBodies } from "./support/call_results.ts";
import { ScriptedRealtime } from "./support/realtime.ts";
import { startTestStack } from "./support/stack.ts";
import { newCustomer, Watching } from "./support/watching.ts";

Deno.test("a watched request is what Realtime and the Data API say, and never goes backwards", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post } = testStack;

  /** A customer with a request, and a Realtime to tell of it. */
  async function setUp() {
    const realtime = new ScriptedRealtime();
    const customer = await newCustomer(testStack, realtime.transport);
    const { id, providers } = await testStack.newRequest(2);
    await sql`update service_requests set user_id = ${customer.userId} where id = ${id}`;
    const save = async (status: string, changes = {}) => {
      const { success } = originalBodies(providers[0], id);
      const callResult = { ...success.callResult, callId: `call-${id}`, ...changes, status };
      assert.equal((await post({ ...success, callResult })).status, 200);
    };
    const row = async (table: string, rowId: string) => {
      const [{ row }] = await sql`select to_jsonb(t) as row from ${
        sql(table)
      } t where id = ${rowId}`;
      return row;
    };
    const provider = () => row("providers", providers[0]);
    return { realtime, customer, id, providers, save, row, provider, ...customer };
  }

  await test.step("first come the request, its providers and its log, without what is large", async () => {
    const { realtime, customer, id, providers, save } = await setUp();
    await using _realtime = realtime;
    await save("completed");
    await using watching = new Watching(customer, id);
    const { request, log, ...watched } = await watching.until(({ connection }) =>
      connection === "live"
    );
    assert.equal(request?.status, "completed");
    assert.deepEqual(watched.providers.map((each) => each.id), providers);
    assert.equal(watched.providers[0].call_summary, "Free on Friday at nine.");
    assert.equal(log[0].detail, "Free on Friday at nine.");
    assert.equal(JSON.stringify(watched).includes("transcript"), false);
    assert.deepEqual(watching.connections, ["connecting", "live"]);
    assert.deepEqual([watched.error, watched.connectionError], [null, null]);
    assert.deepEqual(realtime.joins.map(({ waits }) => waits), [true]);
  });

  await test.step("after a reload of the page it joins as the user at once", async () => {
    const { realtime, customer, id, userId } = await setUp();
    await using _realtime = realtime;
    await using watching = new Watching(customer.reopen(), id);
    await watching.until(({ connection }) => connection === "live");
    assert.equal(claims(realtime.joins[0].token).sub, userId);
  });

  await test.step("a transcript is there for who asks", async () => {
    const { realtime, supabase, id, save, providers } = await setUp();
    await using _realtime = realtime;
    await save("completed");
    const turns = [
      { speaker: "AI", text: "Are you free on Friday?" },
      { speaker: "User", text: "Yes, at nine." },
    ];
    assert.deepEqual(await loadTranscript(supabase, { callId: `call-${id}` }), turns);
    const [log] = await sql`
      select id from interaction_logs
      where provider_id = ${providers[0]} and call_status = 'completed'`;
    assert.deepEqual(await loadTranscript(supabase, { logId: log.id }), turns);
    const late = { transcript: "AI: Are you", messages: null };
    await save("timeout", late);
    const logs = await sql`select from interaction_logs where call_id = ${`call-${id}`}`;
    assert.equal(logs.length, 2);
    assert.deepEqual(await loadTranscript(supabase, { callId: `call-${id}` }), turns);
    assert.deepEqual(await loadTranscript(supabase, { callId: "another" }), []);
    await assert.rejects(loadTranscript(supabase, { logId: "no id" }), /invalid input syntax/);
  });

  await test.step("while it is live, changes come by Realtime alone", async () => {
    const { realtime, customer, id, providers, save, provider, row, fetches } = await setUp();
    await using _realtime = realtime;
    await using watching = new Watching(customer, id);
    await watching.until(({ connection }) => connection === "live");
    const before = fetches.length;
    for (const status of ["queued", "in_progress", "completed"]) {
      await save(status);
      realtime.emit("UPDATE", "providers", await provider());
      await watching.until((watched) => watched.providers[0].call_status === status);
      for (const log of await sql`select id from interaction_logs where request_id = ${id}`) {
        realtime.emit("INSERT", "interaction_logs", await row("interaction_logs", log.id));
      }
      realtime.emit("UPDATE", "service_requests", await row("service_requests", id));
    }
    const { log } = await watching.until(({ request }) => request?.status === "completed");
    assert.deepEqual(watching.statusesOf(providers[0]).slice(-4), [
      null,
      "queued",
      "in_progress",
      "completed",
    ]);
    assert.deepEqual(log.map((entry) => entry.call_status), ["completed", "in_progress", "queued"]);
    assert.equal(fetches.length, before);
  });

  await test.step("changes that come out of order never set a row back", async () => {
    const { realtime, customer, id, providers, save, provider } = await setUp();
    await using _realtime = realtime;
    await using watching = new Watching(customer, id);
    await watching.until(({ connection }) => connection === "live");
    await save("queued");
    const queued = await provider();
    await save("completed");
    const completed = await provider();
    realtime.emit("UPDATE", "providers", completed);
    realtime.emit("UPDATE", "providers", queued);
    // Within one millisecond, too.
    const at = (fraction: string) => `2099-01-01T00:00:00.${fraction}+00:00`;
    realtime.emit("UPDATE", "providers", {
      ...completed,
      call_summary: "second",
      updated_at: at("1234"),
    });
    realtime.emit("UPDATE", "providers", {
      ...completed,
      call_summary: "first",
      updated_at: at("12339"),
    });
    realtime.emit("UPDATE", "service_requests", { id, status: "failed", updated_at: at("9") });
    const { providers: [shown] } = await watching.until(({ request }) =>
      request?.status === "failed"
    );
    assert.deepEqual([shown.call_status, shown.call_summary], ["completed", "second"]);
    assert.equal(watching.statusesOf(providers[0]).includes("queued"), false);
  });

  await test.step("a change that comes while the rows are fetched is neither lost nor overwritten", async () => {
    const { realtime, customer, id, providers, save, provider, holdFetches, fetches } =
      await setUp();
    await using _realtime = realtime;
    const release = holdFetches();
    await using watching = new Watching(customer, id);
    while (realtime.joins.length === 0 || fetches.length === 0) await tick();
    await tick(200); // the old rows are read, and on their way
    await save("queued");
    realtime.emit("UPDATE", "providers", await provider());
    await sql`delete from providers where id = ${providers[1]}`;
    realtime.emit("DELETE", "providers", { id: providers[1] });
    await tick();
    assert.equal(watching.last?.request, undefined);
    release();
    const releaseNext = holdFetches(); // which would correct what the first one broke
    while (fetches.length < 2) await tick();
    realtime.disconnect();
    const shown = await watching.until(({ request }) => request);
    assert.deepEqual(shown.providers.map((each) => each.call_status), ["queued"]);
    releaseNext();
  });

  await test.step("where the join is refused it polls, and goes live once it is accepted", async () => {
    const { realtime, customer, id, providers, save } = await setUp();
    await using _realtime = realtime;
    realtime.answers.push({ refuse: "too many joins" }, "accept");
    await using watching = new Watching(customer, id);
    const polling = await watching.until(({ connection }) => connection === "polling");
    assert.match(polling.connectionError!.message, /too many joins/);
    for (const status of ["queued", "in_progress"]) {
      await save(status);
      await watching.until((watched) => watched.providers[0]?.call_status === status);
    }
    const live = await watching.until(({ connection }) => connection === "live");
    assert.equal(live.connectionError, null);
    assert.deepEqual(watching.connections, ["connecting", "polling", "live"]);
    assert.deepEqual(watching.statusesOf(providers[0]).slice(-2), ["queued", "in_progress"]);
  });

  await test.step("what was missed while the connection was lost is fetched when it is back", async () => {
    const { realtime, customer, id, save } = await setUp();
    await using _realtime = realtime;
    await using watching = new Watching(customer, id);
    await watching.until(({ connection }) => connection === "live");
    realtime.disconnect();
    await save("completed");
    await watching.until(({ connection, providers: [provider] }) =>
      connection === "live" && provider.call_status === "completed"
    );
    assert.deepEqual(watching.connections, ["connecting", "live", "polling", "live"]);
  });

  await test.step("while nobody looks it does not poll, and still catches up when it is back", async () => {
    const { realtime, customer, id, save, fetches } = await setUp();
    await using _realtime = realtime;
    const page = Object.assign(new EventTarget(), { hidden: true });
    Object.assign(globalThis, { document: page });
    await using watching = new Watching(customer, id);
    await watching.until(({ connection }) => connection === "live");
    const { length } = fetches;
    realtime.disconnect();
    await watching.until(({ connection }) => connection === "polling");
    await save("queued");
    await watching.until((watched) => watched.providers[0].call_status === "queued");
    assert.deepEqual([watching.last?.connection, fetches.length], ["live", length + 1]);
    await save("completed");
    page.hidden = false;
    page.dispatchEvent(new Event("visibilitychange"));
    await watching.until((watched) => watched.providers[0].call_status === "completed");
    Reflect.deleteProperty(globalThis, "document");
  });

  await test.step("a token that has expired is refreshed, and joined with", async () => {
    const { realtime, customer, id, save, provider, expireSession } = await setUp();
    await using _realtime = realtime;
    await using watching = new Watching(customer, id);
    await watching.until(({ connection }) => connection === "live");
    await tick(1100); // a token is dated in seconds
    expireSession();
    realtime.expireTokens();
    const polling = await watching.until(({ connection }) => connection === "polling");
    assert.match(polling.connectionError!.message, /Token has expired/);
    await watching.until(({ connection }) => connection === "live");
    assert.equal(realtime.joins.length, 2);
    const [first, second] = realtime.joins.map(({ token }) => claims(token));
    assert.equal(second.sub, customer.userId);
    assert(second.exp > first.exp);
    await save("queued");
    realtime.emit("UPDATE", "providers", await provider());
    await watching.until((watched) => watched.providers[0].call_status === "queued");
  });

  await test.step("a large value that did not change, and is not sent, is kept", async () => {
    const { realtime, customer, id, save, provider } = await setUp();
    await using _realtime = realtime;
    await save("completed");
    await using watching = new Watching(customer, id);
    await watching.until(({ connection }) => connection === "live");
    await sql`update providers set call_cost = 7 where request_id = ${id}  and call_id is not null`;
    const { call_summary: _, ...rest } = await provider();
    realtime.emit("UPDATE", "providers", rest);
    const { providers: [shown] } = await watching.until((watched) =>
      watched.providers[0].call_cost === 7
    );
    assert.equal(shown.call_summary, "Free on Friday at nine.");
  });

  await test.step("what is too large for Realtime, or comes for an unknown row, is fetched", async () => {
    const { realtime, customer, id, save, providers, provider } = await setUp();
    await using _realtime = realtime;
    await using watching = new Watching(customer, id);
    await watching.until(({ connection }) => connection === "live");
    await save("queued");
    const tooLarge = ["Error 413: Payload Too Large"];
    realtime.emit("UPDATE", "providers", { id: providers[0], request_id: id }, tooLarge);
    await watching.until((watched) => watched.providers[0].call_status === "queued");
    const [{ id: newId }] = await sql`
      insert into providers (request_id, name) values (${id}, 'Late') returning id`;
    realtime.emit("UPDATE", "providers", {
      ...await provider(),
      id: newId,
      call_summary: undefined,
    });
    await watching.until((watched) => watched.providers.some(({ name }) => name === "Late"));
  });

  await test.step("a provider that is deleted goes with its log, and a request with all", async () => {
    const { realtime, customer, id, save, providers } = await setUp();
    await using _realtime = realtime;
    await save("completed");
    await using watching = new Watching(customer, id);
    await watching.until(({ connection }) => connection === "live");
    realtime.emit("DELETE", "providers", { id: crypto.randomUUID() });
    realtime.emit("DELETE", "providers", { id: providers[0] });
    const { log } = await watching.until((watched) => watched.providers.length === 1);
    assert.deepEqual(log, []);
    realtime.emit("DELETE", "service_requests", { id });
    const gone = await watching.until(({ request }) => request === null);
    assert.deepEqual(gone.providers, []);
  });

  await test.step("a stopped watch leaves its channel and the query under way, and says so once", async () => {
    const { realtime, customer, id, holdFetches, fetches } = await setUp();
    await using _realtime = realtime;
    holdFetches();
    const watching = new Watching(customer, id);
    while (realtime.joins.length === 0 || fetches.length === 0) await tick();
    await tick(100);
    await watching.stop();
    await watching.stop();
    assert.deepEqual(watching.connections, ["connecting", "stopped"]);
    assert.deepEqual(customer.supabase.getChannels(), []);
    while (realtime.isConnected) await tick();
    assert.deepEqual(realtime.left, realtime.joins.map(({ topic }) => topic));
    const { length } = fetches;
    await tick(300);
    assert.equal(fetches.length, length);
    assert.equal(watching.told.length, 2);
  });

  await test.step("another user's session sees nothing of it", async () => {
    const { realtime, id, save } = await setUp();
    await using _realtime = realtime;
    await save("completed");
    const stranger = await newCustomer(testStack, realtime.transport);
    await using watching = new Watching(stranger, id);
    const watched = await watching.until(({ connection }) => connection === "live");
    assert.deepEqual([watched.request, watched.providers, watched.log], [null, [], []]);
    assert.deepEqual(await loadTranscript(stranger.supabase, { callId: `call-${id}` }), []);
  });
});

const tick = (milliseconds = 10) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const claims = (token: string) => JSON.parse(atob(token.split(".")[1]));
