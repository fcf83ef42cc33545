import { createClient } from "@supabase/supabase-js";
import assert from "node:assert/strict";
import type { Stack } from "../../local/stack.ts";
import type { TestStack } from "../support/stack.ts";
import type { Decision, WHO } from "./decisions.ts";

/** What somebody sends to prove who they are. */
export type Credentials = Record<string, string>;

/** Signs a new user up, and returns their id and credentials. */
export async function signUp(stack: Stack, email: string) {
  const client = createClient(stack.url, stack.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data, error } = await client.auth.signUp({ email, password: "a long password" });
  assert.equal(error, null);
  return {
    userId: data.user!.id,
    credentials: {
      apikey: stack.publishableKey,
      Authorization: `Bearer ${data.session!.access_token}`,
    },
  };
}

/** The credentials of everybody in the table of decisions, and the owner's id. */
export async function everybody(stack: Stack) {
  const [owner, stranger] = await Promise.all(
    ["owner@example.com", "stranger@example.com"].map((email) => signUp(stack, email)),
  );
  const withKey = (key: string) => ({ apikey: key, Authorization: `Bearer ${key}` });
  const credentials: Record<typeof WHO[number], Credentials> = {
    "no key": {},
    "wrong key": withKey(stack.secretKey.replace(/.$/, "?")),
    "anon": withKey(stack.publishableKey),
    "stranger": stranger.credentials,
    "owner": owner.credentials,
    "backend": withKey(stack.secretKey),
  };
  return { credentials, ownerId: owner.userId };
}

/** Tries what a decision is about, on fresh rows of the owner's, and says how it went. */
export async function probe(
  testStack: TestStack,
  ownerId: string,
  decision: string,
  credentials: Credentials,
): Promise<Decision> {
  const { stack } = testStack;
  const rows = await freshRows(testStack, ownerId);
  const [what, name] = decision.split(" ");
  const send = async (path: string, method: string, body?: unknown, headers = {}) => {
    const response = await fetch(`${stack.url}${path}`, {
      method,
      headers: {
        "Content-Type": "application/json",
        "Prefer": "return=representation",
        ...credentials,
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return await outcomeOf(response);
  };
  const { one = "", insert = {}, update = {} } = rows.tables[name] ?? {};
  switch (what) {
    case "select":
      return await send(`/rest/v1/${name}${one}`, "GET");
    case "insert":
      return await send(`/rest/v1/${name}`, "POST", insert);
    case "update":
      return await send(`/rest/v1/${name}${one}`, "PATCH", update);
    case "delete":
      return await send(`/rest/v1/${name}${one}`, "DELETE");
    case "call":
      // That there was nothing to do is an answer, too.
      return await send(`/rest/v1/rpc/${name}`, "POST", rows.calls[name]) === "no" ? "no" : "yes";
    case "private":
      return await send(`/rest/v1/${name}`, "GET", undefined, { "Accept-Profile": "private" });
    case "post":
      return await send(`/functions/v1/${name}`, "POST", { message: { type: "hang" } });
    default:
      assert.fail(`nobody knows how to ${decision}`);
  }
}

async function outcomeOf(response: Response): Promise<Decision> {
  const answer = await response.json().catch(() => null);
  if ([401, 403, 404, 406].includes(response.status)) return "no";
  if (answer?.code === "55000") return "no"; // a view that nobody can write
  assert(response.ok, `${response.status} ${JSON.stringify(answer)}`);
  return Array.isArray(answer) && answer.length === 0 ? "nothing" : "yes";
}

/** A request of the owner's with everything that hangs on one, and what to send of each. */
async function freshRows({ sql, newRequest }: TestStack, ownerId: string) {
  const { id, providers: [provider] } = await newRequest();
  await sql`update service_requests set user_id = ${ownerId} where id = ${id}`;
  const [log] = await sql`
    insert into interaction_logs (request_id, provider_id, step_name, status)
    values (${id}, ${provider}, 'A step', 'info') returning id`;
  const reject = { source: "kestra", code: "invalid_json", issues: [], payload: { of: id } };
  const [{ rejected }] = await sql`
    select reject_call_result('kestra', 'invalid_json', '[]', ${sql.json({ id })}) as rejected`;
  const event = {
    provider_id: provider,
    service_request_id: id,
    source: "kestra",
    call_status: "queued",
  };
  return {
    tables: {
      service_requests: {
        one: `?id=eq.${id}`,
        insert: { title: "New" },
        update: { title: "Changed" },
      },
      providers: {
        one: `?id=eq.${provider}`,
        insert: { request_id: id, name: "New" },
        update: { name: "Changed" },
      },
      interaction_logs: {
        one: `?id=eq.${log.id}`,
        insert: { request_id: id, step_name: "New", status: "info" },
        update: { step_name: "Changed" },
      },
      rejected_call_results: {
        one: `?id=eq.${rejected}`,
        insert: {
          source: "kestra",
          code: "invalid_json",
          payload: {},
          delivery_digest: `\\x${"00"}`,
        },
        update: { code: "invalid_payload" },
      },
      call_health: { one: "", insert: { open_calls: 0 }, update: { open_calls: 0 } },
    } as Record<string, { one: string; insert: object; update: object }>,
    calls: {
      save_call_result: event,
      reject_call_result: reject,
      find_call: { call_id: "any", provider_id: provider },
      claim_due_call: {},
      note_alive: { call_id: "any" },
      stop_checking: { call_id: "any" },
      claim_rejected_call_result: {},
      put_off_rejected_call_result: { id: rejected, code: "invalid_json", issues: [] },
      wake_rejected_call_results: {},
      claim_discovery: {},
      release_discovery: { is_complete: false, has_failed: true, reach_days: 13 },
      unknown_calls: { call_ids: ["any"] },
      finish_reconcile_run: {
        started_at: new Date(),
        checked: 0,
        recovered: 0,
        still_open: 0,
        gave_up: 0,
        discovered: 0,
        replayed: 0,
        problems: [],
      },
      claim_alerts: {},
      release_alerts: { run_ids: [] },
    } as Record<string, object>,
  };
}
