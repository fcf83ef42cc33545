import assert from "node:assert/strict";
import { openAsCustomer } from "./customer.ts";
import { looksRight, WIDTHS } from "./looks.ts";

const LONG_TITLE =
  "Leaking kitchen tap that drips from the base of the spout, day and night, since the winter";

Deno.test("each state of the page at /live is readable on a phone and on a wide screen", async (test) => {
  await using customer = await openAsCustomer();
  const { page, url, lines, request, sql } = customer;

  await test.step("a request whose providers have not been found yet says so", async () => {
    await request({}, "Nobody found yet");
    await page.getByText("No providers have been found yet.").waitFor();
    await looksRight(page, "no providers");
  });

  await test.step("a request that is not there has a heading", async () => {
    await page.goto(`${url}?request=${crypto.randomUUID()}`);
    await page.getByRole("heading", { level: 1, name: "Request not found" }).waitFor();
    await page.getByText("There is no such request, or it is not yours.").waitFor();
    assert.equal(await page.title(), "Request not found");
    assert.equal(await page.locator("#choice option:checked").innerText(), "Choose a request");
    await looksRight(page, "not found");
  });

  await test.step("each step of the timeline has its status in words", async () => {
    await request({ "Provider 1": "voicemail" }, "Steps");
    await page.locator(".timeline li", { hasText: "Reached their voicemail" }).waitFor();
    await sql`insert into interaction_logs (request_id, step_name, status)
      select id, 'Booked', 'success' from service_requests where title = 'Steps'`;
    await page.locator(".timeline li", { hasText: "Booked" }).getByText("Done").waitFor();
    await looksRight(page, "timeline");
  });

  await test.step("the price of a call is shown where config.json says so, and only there", async () => {
    await request({ "Pricy Pipes": "completed" }, "Prices");
    await sql`update providers set call_cost = 0.21, call_duration_minutes = 1 where name = 'Pricy Pipes'`;
    await page.getByText("1 min 0 s").waitFor();
    assert.equal(await page.getByText("$0.21").count(), 0);
    await page.route("**/config.json", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...await answer.json(), showCallCost: true } });
    });
    await page.reload();
    await page.getByText("$0.21").waitFor();
    await page.unroute("**/config.json");
  });

  await test.step("the bar keeps its padding and its parts apart, with long titles, too", async () => {
    await request({}, LONG_TITLE);
    await request({}, `Second: ${LONG_TITLE}`);
    for (const [name, { width, height }] of Object.entries(WIDTHS)) {
      await page.setViewportSize({ width, height });
      const box = async (selector: string) => (await page.locator(selector).boundingBox())!;
      const [select, connection, account] = await Promise.all(
        ["#choice", "#connection", "#account"].map(box),
      );
      assert(select.width <= 420 && select.x >= 20 && select.x + select.width <= width - 20, name);
      assert(Math.abs(middle(connection) - middle(account)) < 4, `${name}: not on one line`);
      assert(connection.y >= 8 && account.x + account.width <= width - 16, name);
      for (const other of [connection, account]) assert(apart(select, other), name);
    }
    await looksRight(page, "long titles");
  });

  await test.step("nothing was said in the console", () => assert.deepEqual(lines, []));

  await test.step("who is offline reads that, and nothing else of it", async () => {
    await request({ "Provider 1": "in_progress" }, "Offline");
    await page.context().setOffline(true);
    await page.getByRole("alert").getByText("You are offline.").waitFor();
    await page.waitForTimeout(2500); // polls fail meanwhile
    assert.equal(
      await page.getByRole("alert").innerText(),
      "You are offline. What you see may be old.",
    );
    assert.equal(await page.locator("#connection").isVisible(), false);
    await looksRight(page, "offline");
    await page.context().setOffline(false);
    await page.getByRole("alert").waitFor({ state: "hidden" });
    await page.getByText("Checking for news").waitFor();
  });

  await test.step("a server that cannot be reached is told once, too", async () => {
    await page.route("**/rest/**", (route) => route.abort());
    await page.getByText("The server cannot be reached. Trying again.").waitFor();
    assert.equal(await page.locator("#connection").isVisible(), false);
    await looksRight(page, "unreachable");
    await page.unroute("**/rest/**");
  });

  await test.step("who has no request yet reads that under a heading", async () => {
    await page.route(
      /service_requests\?select=id(,|%2C)title/,
      (route) => route.fulfill({ json: [] }),
    );
    await page.goto(url);
    await page.getByRole("heading", { level: 1, name: "No requests yet" }).waitFor();
    await looksRight(page, "no requests");
  });

  await test.step("an error of signing in stands at the form, and is the field's", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Password").fill("wrong");
    await page.keyboard.press("Enter");
    const error = page.locator("form").getByRole("alert");
    await error.getByText("E-mail or password is wrong.").waitFor();
    const described = await page.getByLabel("Password").getAttribute("aria-describedby");
    assert.equal(await error.getAttribute("id"), described);
    assert.equal(await page.getByRole("alert").count(), 1);
    assert.equal(await page.locator("#password:focus").count(), 1);
    await looksRight(page, "sign-in error");
  });
});

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const middle = ({ y, height }: Box) => y + height / 2;

const apart = (a: Box, b: Box) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
