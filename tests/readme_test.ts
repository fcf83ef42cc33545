import assert from "node:assert/strict";
import postgres from "postgres";
import { startQuietStack } from "./support/stack.ts";

const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
const [, curl] = /```sh\n(curl [^]*?)```/.exec(readme)!;
const [, body] = /-d '([^]*?)'/.exec(curl)!;
const [, queries] = /```sql\n([^]*?)```/.exec(readme)!;

Deno.test("the README's curl saves a first result, which its two queries show", async () => {
  await using stack = await startQuietStack({
    ephemeral: true,
    env: { CALL_RESULTS_TOKEN: "local-call-results-token" },
  });
  const url = curl.split(" ")[1].replace("http://127.0.0.1:54321", stack.url);
  const headers = [...curl.matchAll(/-H '(.*?): (.*?)'/g)].map(([, name, value]) => [name, value]);
  const outcomes: string[] = [];
  for (let i = 0; i < 2; i++) {
    const response = await fetch(url, {
      method: "POST",
      headers: Object.fromEntries(headers),
      body,
    });
    outcomes.push((await response.json()).outcome);
  }
  assert.deepEqual(outcomes, ["applied", "duplicate"]);

  const sql = postgres(stack.dbUrl, { max: 1 });
  const [provider, log] = await Promise.all(
    queries.trim().split("\n").map((query) => sql.unsafe(query)),
  );
  await sql.end();
  assert.equal(provider[0].call_summary, "Free on Friday at nine.");
  assert.equal(log.length, 1);
});

Deno.test("the curl that the stack prints sends the same result", async () => {
  const greeting = await Deno.readTextFile(new URL("../local/greeting.ts", import.meta.url));
  const { providerId, callResult } = JSON.parse(body);
  for (const value of [providerId, callResult.callId, callResult.createdAt]) {
    assert(greeting.includes(`"${value}"`), value);
  }
});
