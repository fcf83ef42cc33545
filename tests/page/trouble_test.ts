import assert from "node:assert/strict";
import postgres from "postgres";
import type { Page, Route } from "playwright-core";
import { startSeededStack } from "../support/stack.ts";
import { openBrowser, openPage } from "./browser.ts";

const LIST = /service_requests\?select=id(,|%2C)title/;
const TRANSCRIPT = /interaction_logs\?select=transcript/;
const SPOKEN = /interaction_logs\?select=call_id/;
const SMALL = { viewport: { width: 320, height: 640 } };

Deno.test("the page at /live stays true and readable when things go wrong", async (test) => {
  await using stack = await startSeededStack();
  await using browser = await openBrowser();
  const sql = postgres(stack.dbUrl, { max: 1 });
  const url = `${stack.url}/live/`;
  const { page } = await openPage(browser, url, SMALL);
  page.setDefaultTimeout(10_000);
  const alert = page.getByRole("alert");
  const tap = page.getByRole("heading", { level: 1, name: "Leaking kitchen tap" });
  const card = page.locator(".provider", { hasText: "Blue Ridge Plumbing" });
  const more = card.locator("button");
  await tap.waitFor();

  /** A call of Blue Ridge Plumbing that ended so, with what was said. */
  const call = async (
    call_id: string,
    call_status: string,
    transcript?: { speaker: string; text: string }[],
  ) => {
    const [provider] = await sql`select * from providers where name = 'Blue Ridge Plumbing'`;
    const row = {
      request_id: provider.request_id,
      step_name: "Call",
      status: "info",
      call_id,
      transcript: transcript ? sql.json(transcript) : null,
    };
    await sql`insert into interaction_logs ${sql(row)}`;
    await sql`update providers set ${sql({ call_id, call_status })} where id = ${provider.id}`;
  };

  await test.step("a speaker is named as the source names them, whatever that is", async () => {
    await call("first", "completed", [{ speaker: "constructor", text: "Words of the first call" }]);
    await more.click();
    await card.locator("dt", { hasText: /^constructor$/ }).waitFor();
  });

  await test.step("under a newer call there is no word of the older one", async () => {
    let held: Route | undefined;
    await page.route(TRANSCRIPT, (route) => void (held = route));
    await call("second", "completed", [{ speaker: "AI", text: "Words of the second call" }]);
    await card.locator("button[aria-expanded=false]").click();
    await until(() => held);
    assert.equal(await page.getByText("Words of the first call").count(), 0);
    await held!.continue();
    await page.unroute(TRANSCRIPT);
    await page.getByText("Words of the second call").waitFor();
  });

  await test.step("a voicemail offers a conversation where there are words of one", async () => {
    const answered = page.waitForResponse((response) => SPOKEN.test(response.url()));
    await call("third", "voicemail");
    await (await answered).finished();
    await card.getByText("Reached their voicemail").waitFor();
    assert.equal(await more.isVisible(), false);
    await call("fourth", "voicemail", [{ speaker: "User", text: "Leave a message." }]);
    await more.click();
    await card.getByText("Leave a message.").waitFor();
  });

  await test.step("a failed call shows no internals", async () => {
    await sql`update providers set call_status = 'failed', call_error = 'pipeline-error-x'
      where name = 'Blue Ridge Plumbing'`;
    await card.getByText("The call failed").waitFor();
    assert.equal(await page.getByText("pipeline-error-x").count(), 0);
  });

  await test.step("the longest word stays within a screen of 320 px", async () => {
    const word = "Rohrreinigungs".repeat(7);
    const before = await sql`select * from service_requests`;
    const texts = { title: word, criteria: word, location: word };
    await sql`update service_requests set ${sql(texts)}`;
    await sql`insert into service_requests (user_id, title) select user_id, ${word}
      from service_requests`;
    await sql`update providers set name = ${word}, call_summary = ${`https://x.test/${word}`},
      call_result = ${sql.json({ [word]: word })} where name = 'Blue Ridge Plumbing'`;
    await page.goto(`${url}?request=${before[0].id}`);
    await page.getByText("https://x.test").waitFor();
    await page.locator("#chooser").waitFor();
    assert.ok(await page.evaluate("document.documentElement.scrollWidth") as number <= 320);
    await sql`delete from service_requests where id <> ${before[0].id}`;
    await sql`update service_requests set title = 'Leaking kitchen tap'`;
    await sql`update providers set name = 'Blue Ridge Plumbing' where name = ${word}`;
  });

  await test.step("a list that cannot be had is told in words and asked for again", async () => {
    await page.route(LIST, (route) => route.fulfill({ status: 500, json: { message: "odd" } }));
    await page.goto(url);
    await page.getByText("Something went wrong: odd").waitFor();
    await page.unroute(LIST);
    await page.route(LIST, (route) => route.abort());
    await page.getByText("The server cannot be reached. Trying again.").waitFor();
    await page.unroute(LIST);
    await tap.waitFor();
    assert.equal(await alert.isVisible(), false);
  });

  await test.step("a request that cannot be is not asked for, and another can be chosen", async () => {
    await page.goto(`${url}?request=abc`);
    await page.getByText("There is no such request, or it is not yours.").waitFor();
    assert.equal(await alert.isVisible(), false);
    await page.locator("#choice").selectOption({ label: "Leaking kitchen tap" });
    await tap.waitFor();
  });

  await test.step("a running call's clock is right though the computer's is not", async () => {
    await call("fifth", "queued");
    const { page: late } = await openPage(browser, "about:blank");
    await late.addInitScript("{ const now = Date.now; Date.now = () => now() + 1_200_000; }");
    await late.goto(url);
    await late.locator("[data-status=queued]").waitFor();
    await call("fifth", "in_progress");
    await late.getByText(/^0:0\d$/).waitFor();
    await late.context().close();
  });

  for (const end of ["answers", "fails"]) {
    await test.step(`who signs out while the list is under way is left alone when it ${end}`, async () => {
      let held: Route | undefined;
      await page.route(LIST, (route) => void (held = route));
      await signedIn(page, url);
      await until(() => held);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await (end === "answers" ? held!.continue() : held!.abort());
      await page.unroute(LIST);
      await page.waitForTimeout(2000);
      assert.deepEqual(asked.filter((each) => each.includes("/rest/")), []);
      assert.equal(await alert.isVisible(), false);
    });
  }

  await test.step("what went wrong for a user does not outlive them", async () => {
    await page.route(LIST, (route) => route.abort());
    await signedIn(page, url);
    await alert.waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(await alert.isVisible(), false);
  });
  await sql.end();
});

/** Opens the page, which signs its customer in. */
async function signedIn(page: Page, url: string) {
  await page.goto(url);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

async function until(isSo: () => unknown) {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
