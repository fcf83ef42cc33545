/** Every way to declare a test or a step, most of them failing; with the argument `watched`, watched. */
import assert from "node:assert/strict";
import { watchTests } from "../support/test_watch.ts";

let watched = 0;
if (Deno.args.includes("watched")) watchTests(() => () => void watched++);
globalThis.addEventListener("unload", () => console.log(`watched ${watched}`));

async function failLater(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert.fail("later");
}

Deno.test("at once", () => assert.fail("at once"));
Deno.test("before its first await", async () => {
  assert.fail("early");
  await failLater();
});
Deno.test("a name and a function", async () => await failLater());
Deno.test(async function itsOwnName() {
  await failLater();
});
Deno.test({ name: "a definition", fn: () => failLater() });
Deno.test("options between", { sanitizeOps: true }, () => failLater());
Deno.test({ name: "options before", permissions: { read: false } }, () => failLater());
Deno.test({ permissions: "none" }, async function optionsAndItsOwnName() {
  await Deno.readTextFile("deno.json");
});
Deno.test({ name: "left out", ignore: true, fn: () => failLater() });
Deno.test.ignore("left out, too", () => failLater());
Deno.test.each([1, 2])("number %d", (number) => assert.equal(number, 1));
Deno.test("a sanitizer", { sanitizeOps: true }, () => void setTimeout(() => {}, 1000));
Deno.test.beforeEach(() => console.log("before each"));

Deno.test("steps", async (test) => {
  assert.equal(await test.step("a name and a function", () => failLater()), false);
  assert.equal(await test.step({ name: "a definition", fn: () => failLater() }), false);
  assert.equal(await test.step({ name: "left out", ignore: true, fn: () => failLater() }), false);
  await test.step(async function itsOwnName(test) {
    await test.step(`within ${test.parent?.name}`, () => failLater());
    assert.equal(await test.step("well", () => {}), true);
    await failLater();
  });
});

Deno.test("an exit", () => Deno.exit(3));
