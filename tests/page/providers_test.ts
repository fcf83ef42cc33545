import assert from "node:assert/strict";
import { openAsCustomer } from "./customer.ts";
import { looksRight, WIDTHS } from "./looks.ts";

const SIZES = { ...WIDTHS, small: { width: 320, height: 480 } };

Deno.test("the page at /live carries many providers and long conversations", async (test) => {
  await using customer = await openAsCustomer();
  const { page, request, says, sql } = customer;
  const card = (name: string) =>
    page.locator(".provider", { has: page.getByRole("heading", { name, exact: true }) });
  const at = (place: number, name: string) =>
    page.locator(".provider").nth(place).getByRole("heading", { name, exact: true }).waitFor();
  const conversation = page.getByRole("button", { name: "Read the conversation" });
  const panel = page.getByRole("region", { name: /^Conversation with/ });
  const scrolled = () => panel.evaluate(({ scrollTop }: { scrollTop: number }) => scrollTop);

  await test.step("a call without words offers no conversation, one with words does", async () => {
    await request({ "Silent Springs": "completed", "Wordy Waters": "completed" });
    await says("Wordy Waters", 4);
    await card("Wordy Waters").getByRole("button").waitFor();
    assert.equal(await conversation.count(), 1);
    await says("Silent Springs", 2);
    await card("Silent Springs").getByRole("button").waitFor();
  });

  for (const [name, viewport] of Object.entries(SIZES)) {
    await test.step(`a long conversation has a place of its own, and its Hide in reach: ${name}`, async () => {
      await page.setViewportSize(viewport);
      await request({ [`Long ${name}`]: "completed", "After it": "completed" });
      await says(`Long ${name}`, 80);
      await conversation.click();
      await page.getByText("Sentence 80 of").scrollIntoViewIfNeeded();
      const { height } = (await panel.boundingBox())!;
      assert(height <= 0.7 * viewport.height, `${height} px high`);
      const hide = page.getByRole("button", { name: "Hide the conversation" });
      const { y, height: high } = (await hide.boundingBox())!;
      assert(y >= 0 && y + high <= viewport.height, `at ${y} px`);
      await panel.focus();
      for (
        const [key, moved] of [["Home", (top: number) => top === 0], ["PageDown", Boolean]] as const
      ) {
        await page.keyboard.press(key);
        while (!moved(await scrolled())) await page.waitForTimeout(20);
      }
      if (name === "wide") await looksRight(page, "long conversation");
    });
  }

  await test.step("of twenty providers those that were reached stand first, with a tally", async () => {
    const first = ["voicemail", "completed", "no_answer", null, "queued"];
    const second = ["busy", "failed", null, "in_progress", "completed"];
    const others = Array.from({ length: 10 }, (_, at) => at < 3 ? "error" : "canceled");
    const calls = [...first, ...second, ...others]
      .map((status, at) => [`Provider ${at + 1}`, status] as const);
    await request(Object.fromEntries(calls), "Twenty plumbers");
    await page.getByText("2 of 20 reached, 2 on the way, 2 to call", { exact: true }).waitFor();
    const names = await page.locator(".provider .name").allInnerTexts();
    const order = [2, 10, 5, 9, 4, 8, 1, 3, 6, 7, 11].map((number) => `Provider ${number}`);
    assert.deepEqual(names.slice(0, order.length), order);
    await looksRight(page, "twenty providers");
  });

  await test.step("who moves keeps the focus, and an open conversation the place in it", async () => {
    await request({ "Anna": "completed", "Bert": "completed", "Cora": "in_progress" });
    await says("Bert", 80);
    await card("Bert").getByRole("button").click();
    await page.getByText("Sentence 80 of").scrollIntoViewIfNeeded();
    const before = await scrolled();
    assert(before > 0);
    await card("Bert").getByRole("link").focus();
    const ends = (name: string, call_status: string) =>
      sql`update providers set call_status = ${call_status} where name = ${name}`;
    await ends("Anna", "voicemail");
    await at(0, "Bert");
    await ends("Cora", "completed");
    await at(1, "Cora");
    await ends("Bert", "failed");
    await at(2, "Bert");
    await ends("Bert", "completed");
    await at(0, "Bert");
    assert.equal(await card("Bert").locator(":focus").count(), 1);
    assert.equal(await scrolled(), before);
  });

  await test.step("nothing was said in the console", () => assert.deepEqual(customer.lines, []));
});
