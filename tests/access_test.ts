import { createClient } from "@supabase/supabase-js";
import assert from "node:assert/strict";
import type { Database } from "../supabase/functions/_shared/database.types.ts";
import { originalBodies } from "./support/call_results.ts";
import { startTestStack } from "./support/stack.ts";

const TABLES = ["service_requests", "providers", "interaction_logs"] as const;

Deno.test("customers see what is theirs, and nobody writes past the RPC", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest, stack } = testStack;

  const clientFor = (key: string) =>
    createClient<Database>(stack.url, key, {
      auth: { persistSession: false, autoRefreshToken: false },
    });
  const signedIn = async (email: string) => {
    const client = clientFor(stack.publishableKey);
    const { data, error } = await client.auth.signUp({ email, password: "a long password" });
    assert.equal(error, null);
    return { client, userId: data.user!.id };
  };

  const owner = await signedIn("owner@example.com");
  const stranger = await signedIn("stranger@example.com");
  const anon = clientFor(stack.publishableKey);
  const backend = clientFor(stack.secretKey);

  const { id, providers: [provider] } = await newRequest(2);
  await sql`update service_requests set user_id = ${owner.userId} where id = ${id}`;
  const { success } = originalBodies(provider, id);
  assert.equal((await post(success)).status, 200);

  await test.step("the owner sees the request, its providers and its log", async () => {
    const { data, error } = await owner.client.from("service_requests")
      .select("status, providers (name, call_status), interaction_logs (detail, transcript)");
    assert.equal(error, null);
    assert.equal(data!.length, 1);
    assert.equal(data![0].status, "completed");
    assert.equal(data![0].providers.length, 2);
    assert.equal(data![0].interaction_logs[0].detail, "Free on Friday at nine.");
  });

  await test.step("another user sees none of it", async () => {
    for (const table of TABLES) {
      const { data, error } = await stranger.client.from(table).select();
      assert.equal(error, null);
      assert.deepEqual(data, []);
    }
  });

  await test.step("anon may not even ask", async () => {
    for (const table of [...TABLES, "rejected_call_results"] as const) {
      const { error } = await anon.from(table).select();
      assert.equal(error?.code, "42501");
    }
  });

  await test.step("rejected deliveries are for the backend alone", async () => {
    assert.equal((await owner.client.from("rejected_call_results").select()).error?.code, "42501");
    assert.equal((await backend.from("rejected_call_results").select()).error, null);
  });

  await test.step("the owner writes nothing, the call columns least of all", async () => {
    const attempts = await Promise.all([
      owner.client.from("providers").update({ call_status: "failed" }).eq("id", provider),
      owner.client.from("service_requests").update({ status: "failed" }).eq("id", id),
      owner.client.from("providers").insert({ request_id: id, name: "Mine" }),
      owner.client.from("interaction_logs").delete().eq("request_id", id),
    ]);
    assert.deepEqual(attempts.map(({ error }) => error?.code), Array(4).fill("42501"));
  });

  await test.step("the RPCs are for service_role alone", async () => {
    for (const client of [anon, owner.client, stranger.client]) {
      const saved = await client.rpc("save_call_result", {
        provider_id: provider,
        service_request_id: id,
        source: "kestra",
        call_status: "queued",
      });
      assert.equal(saved.error?.code, "42501");
      const rejected = await client.rpc("reject_call_result", {
        source: "kestra",
        code: "invalid_json",
        issues: [],
        payload: "x",
      });
      assert.equal(rejected.error?.code, "42501");
    }
  });

  await test.step("no role but service_role has a grant that was not decided on", async () => {
    const grants = await sql`
      select grantee, table_schema || '.' || table_name as object, privilege_type as privilege
      from information_schema.role_table_grants
      where table_schema in ('public', 'private') and grantee in ('anon', 'authenticated', 'PUBLIC')
      order by 1, 2, 3`;
    assert.deepEqual(
      grants.map((grant) => `${grant.grantee} ${grant.privilege} ${grant.object}`),
      [
        "authenticated SELECT public.interaction_logs",
        "authenticated SELECT public.providers",
        "authenticated SELECT public.service_requests",
      ],
    );
    const executable = await sql`
      select r.role, p.oid::regprocedure::text as function
      from pg_proc p, unnest(array['anon', 'authenticated', 'public']) as r (role)
      where
        p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
        and has_function_privilege(r.role::name, p.oid, 'execute')`;
    assert.deepEqual([...executable], []);
  });

  await test.step("every table has row level security, and every function an empty search path", async () => {
    const open = await sql`
      select oid::regclass from pg_class
      where relkind = 'r' and not relrowsecurity
        and relnamespace in ('public'::regnamespace, 'private'::regnamespace)`;
    assert.deepEqual([...open], []);
    const functions = await sql`
      select oid::regprocedure from pg_proc
      where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
        and not coalesce(proconfig, '{}') @> array['search_path=""']`;
    assert.deepEqual([...functions], []);
  });
});
