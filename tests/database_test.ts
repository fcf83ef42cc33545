import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { installPgTap, runPgTap } from "./support/pgtap.ts";
import { startTestStack } from "./support/stack.ts";

const folder = new URL("../supabase/tests/", import.meta.url);

Deno.test("the database keeps its promises (pgTAP)", async (test) => {
  await using testStack = await startTestStack();
  const { dbUrl } = testStack.stack;
  await installPgTap(dbUrl);
  const files = readdirSync(folder, { recursive: true }).map(String)
    .filter((name) => name.endsWith(".test.sql")).sort();
  assert(files.length > 0);

  for (const file of files) {
    await test.step(
      file.replace(".test.sql", "").replaceAll("_", " ").replace("/", ": "),
      async (test) => {
        for (const { passed, text } of await runPgTap(dbUrl, new URL(file, folder))) {
          await test.step(text.split("\n")[0], () => assert(passed, text));
        }
      },
    );
  }
});
