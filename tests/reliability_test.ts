import assert from "node:assert/strict";

const project = new URL("../", import.meta.url);
const page = await Deno.readTextFile(new URL("docs/reliability.md", project));
const rows = page.split("\n").filter((line) => /^\| (?!promise|---)/.test(line));

Deno.test("each promise of docs/reliability.md is proved by a test of that name", async () => {
  assert(rows.length > 10);
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", project)));
  for (const row of rows) {
    const [, task] = /\| `task (\S+)` \|$/.exec(row) ?? [];
    if (task) {
      assert(task in tasks, row);
      continue;
    }
    const [, file, name] = /\| `(\S+_test\.ts)`: (.+) \|$/.exec(row) ?? assert.fail(row);
    const source = await Deno.readTextFile(new URL(file, project));
    assert(source.includes(`Deno.test("${name}"`), `${file} has no test "${name}"`);
  }
});
