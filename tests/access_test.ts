import { createClient } from "@supabase/supabase-js";
import assert from "node:assert/strict";
import type { Database } from "../supabase/functions/_shared/database.types.ts";
import { DECISIONS, TYPES, WHO } from "./access/decisions.ts";
import { everybody, probe } from "./access/probe.ts";
import { originalBodies } from "./support/call_results.ts";
import { startWebhookStack } from "./support/webhook.ts";

Deno.test("customers see what is theirs, and nobody writes past the RPC", async (test) => {
  await using testStack = await startWebhookStack({ RECONCILE_TOKEN: "reconcile-token" });
  const { sql, post, newRequest, stack } = testStack;
  const { credentials, ownerId } = await everybody(stack);

  for (const [index, who] of WHO.entries()) {
    await test.step(`${who}: may do what is decided, and nothing else`, async () => {
      const decided = Object.entries(DECISIONS).map(([what, cells]) => [what, cells[index]]);
      const found: string[][] = [];
      for (const [what] of decided) {
        found.push([what, await probe(testStack, ownerId, what, credentials[who])]);
      }
      assert.deepEqual(found, decided);
    });
  }

  await test.step("nothing in the catalogue is without a decision", async () => {
    const decided = (...words: string[]) =>
      Object.keys(DECISIONS).filter((what) => words.includes(what.split(" ")[0])).sort();
    const tables = await sql`
      select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`;
    assert.deepEqual(
      tables.flatMap(({ relname }) =>
        ["select", "insert", "update", "delete"].map((what) => `${what} ${relname}`)
      ).sort(),
      decided("select", "insert", "update", "delete"),
    );
    const hidden = await sql`
      select relname from pg_class
      where relnamespace = 'private'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`;
    assert.deepEqual(hidden.map(({ relname }) => `private ${relname}`).sort(), decided("private"));
    const functions = await sql`
      select distinct proname from pg_proc where pronamespace = 'public'::regnamespace`;
    assert.deepEqual(functions.map(({ proname }) => `call ${proname}`).sort(), decided("call"));
    const types = await sql`
      select t.typname from pg_type t left join pg_class c on c.oid = t.typrelid
      where t.typnamespace = 'public'::regnamespace and t.typelem = 0 and (c.oid is null or c.relkind = 'c')`;
    assert.deepEqual(types.map(({ typname }) => typname).sort(), TYPES);
    const edgeFunctions = [...Deno.readDirSync(new URL("../supabase/functions/", import.meta.url))]
      .filter(({ name, isDirectory }) => isDirectory && !name.startsWith("_"));
    assert.deepEqual(edgeFunctions.map(({ name }) => `post ${name}`).sort(), decided("post"));
  });

  await test.step("nobody but the backend may even enter another schema of ours", async () => {
    const open = await sql`
      select n.nspname, r.rolname from pg_namespace n, pg_roles r
      where r.rolname in ('anon', 'authenticated') and n.nspname !~ '^pg_'
        and n.nspname not in ('public', 'auth', 'extensions', 'information_schema')
        and has_schema_privilege(r.rolname, n.oid, 'usage, create')`;
    assert.deepEqual([...open], []);
    const creating = await sql`
      select rolname from pg_roles
      where rolname in ('anon', 'authenticated', 'service_role')
        and has_schema_privilege(rolname, 'public', 'create')`;
    assert.deepEqual([...creating], []);
  });

  await test.step("the owner sees the request, its providers and its log in one query", async () => {
    const { id, providers: [provider] } = await newRequest(2);
    await sql`update service_requests set user_id = ${ownerId} where id = ${id}`;
    assert.equal((await post(originalBodies(provider, id).success)).status, 200);
    const client = createClient<Database>(stack.url, stack.publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { headers: credentials.owner },
    });
    const { data, error } = await client.from("service_requests")
      .select("status, providers (name, call_status), interaction_logs (detail, transcript)")
      .eq("id", id);
    assert.equal(error, null);
    assert.equal(data!.length, 1);
    assert.equal(data![0].status, "completed");
    assert.equal(data![0].providers.length, 2);
    assert.equal(data![0].interaction_logs[0].detail, "Free on Friday at nine.");
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
