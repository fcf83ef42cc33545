import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { startSeededStack } from "../support/stack.ts";
import { objections } from "./axe.ts";
import { noteStatuses, openBrowser, openPage } from "./browser.ts";
import { documentedSite } from "./static_site.ts";

const PHONE = { viewport: { width: 390, height: 844 } };

Deno.test("the page at /live shows a customer's calls as they happen", async (test) => {
  await using stack = await startSeededStack();
  await using browser = await openBrowser();
  const sql = postgres(stack.dbUrl, { max: 1 });
  const { page, console: lines } = await openPage(browser, `${stack.url}/live`, PHONE);
  const shown = await noteStatuses(page);
  const statusesOf = (name: string) =>
    shown.filter((each) => each.name === name).map(({ status }) => status);
  const more = page.getByRole("button", { name: "Read the conversation" });

  await test.step("it opens with the request of the seed's customer", async () => {
    await page.getByRole("heading", { level: 1, name: "Leaking kitchen tap" }).waitFor();
    assert.equal(await page.getByText("Not called yet").count(), 3);
    assert.deepEqual(await objections(page), []);
  });

  await test.step("during the demo it shows every status, in order, by itself", async () => {
    await demo(stack.url);
    await page.locator("#request[data-status=completed]").waitFor();
    assert.deepEqual(statusesOf("Blue Ridge Plumbing"), ["", "queued", "in_progress", "completed"]);
    assert.deepEqual(statusesOf("Swamp Rabbit Pipes"), ["", "queued", "in_progress", "voicemail"]);
    assert.deepEqual(statusesOf("Paris Mountain Drains"), ["", "queued", "no_answer"]);
    assert.deepEqual(statusesOf("request"), ["pending", "calling", "completed"]);
    for (const text of ["$120.00", "11 s", "Nobody answered."]) {
      await page.getByText(text, { exact: true }).waitFor();
    }
    const logs = await sql`
      select name, l.call_status as status, l.created_at as at
      from interaction_logs l join providers p on p.id = l.provider_id`;
    const delays = logs.map(({ name, status, at }) =>
      shown.find((each) => each.name === name && each.status === status)!.at - at.getTime()
    );
    console.log(`The longest wait of a status for the page: ${Math.max(...delays)} ms`);
  });

  await test.step("its live region tells of changes, and not of the running clock", async () => {
    assert.match(await page.locator("#announcer").innerText(), /The calls are done/);
    assert.equal(await page.locator("[role=timer][aria-live=off]").count(), 3);
  });

  await test.step("the conversation opens by keyboard, and the focus stays through an update", async () => {
    await more.first().focus();
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Conversation with Blue Ridge Plumbing" }).waitFor();
    await page.getByText("Sounds like a cartridge.").waitFor();
    const hide = page.getByRole("button", { name: "Hide the conversation" });
    assert.equal(await hide.getAttribute("aria-expanded"), "true");
    await sql`update providers set call_duration_minutes = 3 where name = 'Blue Ridge Plumbing'`;
    await page.getByText("3 min 0 s").waitFor();
    assert.equal(await page.locator("button:focus").getAttribute("aria-expanded"), "true");
    assert.deepEqual(await objections(page), []);
  });

  await test.step("whatever a provider or a call is called, it is shown as text", async () => {
    const html = `<img src=x onerror="document.title='run'"><b>Bold</b>`;
    await sql`update providers set name = ${html}, call_summary = ${html}, call_result = ${
      sql.json({ [html]: html })
    } where name = 'Paris Mountain Drains'`;
    await page.getByRole("heading", { name: html }).waitFor();
    assert.equal(await page.locator("main img, main b").count(), 0);
    assert.equal(await page.title(), "Leaking kitchen tap");
    await sql`update providers set name = 'Paris Mountain Drains' where name = ${html}`;
  });

  await test.step("played again, the demo's new calls take the old ones' place", async () => {
    shown.length = 0;
    await demo(stack.url);
    await page.locator("#request[data-status=completed]").waitFor();
    // A poll that was under way may show the old call once more, before the new ones.
    assert.deepEqual(statusesOf("Blue Ridge Plumbing").slice(-3), [
      "queued",
      "in_progress",
      "completed",
    ]);
    assert.deepEqual(statusesOf("Paris Mountain Drains").slice(-2), ["queued", "no_answer"]);
    assert.equal(await more.count(), 2);
  });

  await test.step("nothing was said in the console", () => assert.deepEqual(lines, []));

  for (const colorScheme of ["light", "dark"] as const) {
    await test.step(`it is readable on a wide screen, ${colorScheme}`, async () => {
      const { page } = await openPage(browser, `${stack.url}/live`, { colorScheme });
      await page.locator(".providers").getByText("Spoke with them").waitFor();
      assert.deepEqual(await objections(page), []);
      await page.context().close();
    });
  }

  await test.step("who signs out sees nothing, and a wrong password is refused in plain words", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(await page.getByText(/Blue Ridge|kitchen tap/).count(), 0);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("E-mail or password is wrong.").waitFor();
    assert.deepEqual(await objections(page), []);
    await page.getByLabel("Password").fill("local-password");
    await page.keyboard.press("Enter");
    await page.locator(".providers").getByText("Spoke with them").waitFor();
  });

  await test.step("another user finds nothing, not even by the request's id", async () => {
    const headers = { apikey: stack.publishableKey, "content-type": "application/json" };
    const account = { email: "other@example.com", password: "a long password" };
    const body = JSON.stringify(account);
    await (await fetch(`${stack.url}/auth/v1/signup`, { method: "POST", headers, body })).body
      ?.cancel();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").fill(account.email);
    await page.getByLabel("Password").fill(account.password);
    await page.keyboard.press("Enter");
    await page.getByText("You have no requests yet.").waitFor();
    await page.goto(`${stack.url}/live/?request=11111111-1111-4111-8111-111111111111`);
    await page.getByText("There is no such request, or it is not yours.").waitFor();
    assert.equal(await page.getByText("Leaking kitchen tap").count(), 0);
  });
  await sql.end();

  await test.step("it opens from a static host as docs/frontend.md says", async () => {
    await using site = await documentedSite();
    const { page, console: lines } = await openPage(browser, site.url);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.deepEqual(lines, []);
  });
});

/** `deno task demo`, to its end. */
async function demo(url: string) {
  const command = fileURLToPath(new URL("../../local/demo.ts", import.meta.url));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", command, "--port", new URL(url).port],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}
