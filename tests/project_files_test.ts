import assert from "node:assert/strict";

const textOf = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));
const { version, license, tasks } = JSON.parse(await textOf("deno.json"));

Deno.test("README.md and CHANGELOG.md name the version of deno.json", async () => {
  assert.match(version, /^\d+\.\d+\.\d+$/);
  const [, inReadme] = /^Version (\d\S*)/m.exec(await textOf("README.md")) ?? [];
  assert.equal(inReadme, version);
  const changelog = await textOf("CHANGELOG.md");
  const [, newest] = /^## \[(.+?)\]/m.exec(changelog) ?? [];
  const [, next] = /^This will be version (\d+\.\d+\.\d+)\./m.exec(changelog) ?? [];
  assert.equal(newest === "Unreleased" ? next : newest, version);
});

Deno.test("LICENSE is the licence that deno.json names", async () => {
  assert((await textOf("LICENSE")).startsWith(`${license} License\n`));
});

Deno.test("every task has a description", () => {
  for (const [name, task] of Object.entries<Record<string, string>>(tasks)) {
    assert(task.description && task.command, name);
  }
});
