import assert from "node:assert/strict";
import postgres from "postgres";
import { LOCAL_CUSTOMER } from "../../local/live_page.ts";
import { startSeededStack } from "../support/stack.ts";
import { openBrowser, openPage } from "./browser.ts";
import { documentedSite } from "./static_site.ts";

Deno.test("a frontend on another origin works with the local stack", async (test) => {
  await using stack = await startSeededStack();
  await using site = await documentedSite(stack);
  await using browser = await openBrowser();
  const sql = postgres(stack.dbUrl, { max: 1 });
  const { page, console: lines } = await openPage(browser, site.url);
  page.setDefaultTimeout(10_000);
  assert.notEqual(new URL(site.url).origin, stack.url);
  /** What an expression gives in the page; `supabase` is a client of the page's own. */
  const inPage = (expression: string) =>
    page.evaluate(`(async () => {
      globalThis.own ??= supabase.createClient(${JSON.stringify(stack.url)},
        ${JSON.stringify(stack.publishableKey)}, { auth: { storageKey: "own" } });
      const { data, error, count } = await (${expression.replaceAll("supabase.", "own.")});
      return { data, error: error?.message ?? null, count };
    })()`) as Promise<{ data: unknown; error: string | null; count?: number }>;
  const credentials = JSON.stringify(LOCAL_CUSTOMER);

  await test.step("a customer signs in at its form, and a wrong password is told from no answer", async () => {
    await page.getByLabel("E-mail").fill(LOCAL_CUSTOMER.email);
    await page.getByLabel("Password").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("E-mail or password is wrong.").waitFor();
    // Chromium itself says that an answer was 400.
    assert.match(lines.splice(0).join("\n"), /^error: .* 400 \(Bad Request\)$/);
    await page.getByLabel("Password").fill(LOCAL_CUSTOMER.password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Leaking kitchen tap" }).waitFor();
  });

  await test.step("client/watch shows what changes", async () => {
    await sql`update service_requests set title = 'Leaking bathroom tap'`;
    await page.getByRole("heading", { name: "Leaking bathroom tap" }).waitFor();
  });

  for (
    const [what, expression, expected] of [
      [
        "sign-up",
        `supabase.auth.signUp({ email: "new@example.com", password: "a long password" })`,
      ],
      ["sign-in", `supabase.auth.signInWithPassword(${credentials})`],
      ["who is signed in", `supabase.auth.getUser()`],
      ["a new token", `supabase.auth.refreshSession()`],
      ["a change of the user", `supabase.auth.updateUser({ data: { colour: "green" } })`],
      ["rows", `supabase.from("providers").select("name").order("name").limit(1)`, {
        data: [{ name: "Blue Ridge Plumbing" }],
      }],
      ["a count", `supabase.from("providers").select("*", { count: "exact", head: true })`, {
        count: 3,
      }],
      [
        "what is not allowed",
        `supabase.from("providers").update({ name: "Mine" }).eq("name", "x")`,
        {
          error: "permission denied for table providers",
        },
      ],
      ["what is not there", `supabase.from("nothing").select("id")`, {
        error: "Could not find the table 'public.nothing' in the schema cache",
      }],
      ["sign-out", `supabase.auth.signOut()`],
    ] as [string, string, object?][]
  ) {
    await test.step(`supabase-js: ${what}`, async () => {
      const result = await inPage(expression);
      assert.partialDeepStrictEqual(result, { error: null, ...expected });
    });
  }

  await test.step("while the database is away, that is what it is told", async () => {
    await stack.postgres.stop();
    const { error } = await inPage(`supabase.from("providers").select("name").retry(false)`);
    assert.doesNotMatch(error ?? "", /fetch/);
    assert.notEqual(error, null);
    await stack.postgres.start();
  });
  await sql.end();
});
