import assert from "node:assert/strict";
import { startSeededStack } from "../support/stack.ts";
import { openBrowser, openPage } from "./browser.ts";
import { objections } from "./axe.ts";

Deno.test("the local SQL editor shows results as they are best read", async (test) => {
  await using stack = await startSeededStack();
  await using browser = await openBrowser();
  const { page, console: lines } = await openPage(browser, `${stack.url}/sql`);
  page.setDefaultTimeout(10_000);
  const cells = (tag: string) => page.locator(`#rows ${tag}`).allInnerTexts();
  const run = async (sql: string, done: string) => {
    await page.getByLabel("SQL").fill(sql);
    await page.keyboard.press("Control+Enter");
    await page.getByText(done, { exact: true }).waitFor();
  };

  await test.step("one row stands upright: column, value", async () => {
    await run("select 1 as first, 'two' as second, null as third", "SELECT 1");
    const rows = await page.locator("#rows tr").allInnerTexts();
    assert.deepEqual(rows.map((row) => row.split("\t")), [
      ["first", "1"],
      ["second", "two"],
      ["third", "null"],
    ]);
    await run("select * from call_health", "SELECT 1");
    assert.equal((await cells("th"))[0], "open_calls");
    assert.deepEqual(await objections(page), []);
  });

  await test.step("several lie under their columns, and so does none", async () => {
    await run("select id, name from providers", "SELECT 3");
    assert.deepEqual(await cells("th"), ["id", "name"]);
    assert.equal((await cells("td")).length, 6);
    await run("select id, name from providers where false", "SELECT 0");
    assert.deepEqual(await cells("th"), ["id", "name"]);
    assert.deepEqual(await objections(page), []);
  });

  await test.step("the saved query that wants an id opens with the place for it selected", async () => {
    await page.getByLabel("Saved queries").selectOption("what_happened_to_this_call");
    await page.keyboard.type("first-call");
    assert.match(await page.getByLabel("SQL").inputValue(), /'first-call'/);
    await page.keyboard.press("Control+Enter");
    await page.getByText(/^SELECT \d+$/).waitFor();
  });

  await test.step("nothing was said in the console", () => assert.deepEqual(lines, []));
});
