import assert from "node:assert/strict";
import process from "node:process";
import postgres from "postgres";
import { greeting } from "../local/greeting.ts";
import { readSettings } from "../local/settings.ts";
import { PROJECT, type Stack } from "../local/stack.ts";
import { startQuietStack, startSeededStack } from "./support/stack.ts";

const textOf = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));
const readme = await textOf("README.md");
const [, curl] = /```sh\n(curl [^]*?)```/.exec(readme)!;
const [, body] = /-d '([^]*?)'/.exec(curl)!;
const [, queries] = /```sql\n([^]*?)```/.exec(readme)!;

Deno.test("the README's curl saves a first result, which its two queries show", async () => {
  await using stack = await startQuietStack({
    ephemeral: true,
    env: { CALL_RESULTS_TOKEN: "local-call-results-token" },
  });
  const outcomes = [await pasted(curl, stack), await pasted(curl, stack)]
    .map((answer) => JSON.parse(answer).outcome);
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
  const greeting = await textOf("local/greeting.ts");
  const { providerId, callResult } = JSON.parse(body);
  for (const value of [providerId, callResult.callId, callResult.createdAt]) {
    assert(greeting.includes(`"${value}"`), value);
  }
});

Deno.test("what the documents say to paste works with other ports, too", async (test) => {
  const files = ["README.md", "CONTRIBUTING.md", "SECURITY.md"];
  for await (const { name } of Deno.readDir(new URL("../docs/", import.meta.url))) {
    if (name.endsWith(".md")) files.push(`docs/${name}`);
  }

  await test.step("each command takes the address from STACK_URL or STACK_DB_URL", async () => {
    let commands = 0;
    for (const file of files) {
      for (
        const [, block, span] of (await textOf(file)).matchAll(/```sh\n([^]*?)```|`([^`\n]+ .*?)`/g)
      ) {
        const code = block ?? span;
        const rest = code
          .replaceAll("${STACK_URL:-http://127.0.0.1:54321}", () => String(commands++ && ""))
          .replaceAll(
            "${STACK_DB_URL:-postgresql://postgres:postgres@127.0.0.1:54322/postgres}",
            "",
          );
        assert.doesNotMatch(rest, /:5432[12]\b/, `${file}: ${code}`);
      }
    }
    assert(commands > 1, `${commands} commands`);
  });

  await using stack = await startSeededStack();
  const settings = readSettings(PROJECT);

  await test.step("and start prints both, where they are needed", () => {
    assert.match(
      greeting(stack, settings, 1000),
      new RegExp(`^export STACK_URL=${stack.url} `, "m"),
    );
    const usual = {
      ...stack,
      url: "http://127.0.0.1:54321",
      dbUrl: stack.dbUrl.replace(/\d+(?=\/postgres$)/, "54322"),
    };
    assert.doesNotMatch(greeting(usual, settings, 1000), /STACK_URL/);
  });

  await test.step("start prints how to play the demo on this stack", () => {
    const { port } = new URL(stack.url);
    assert.match(
      greeting(stack, settings, 1000),
      new RegExp(`^.*deno.* task demo --port ${port}$`, "m"),
    );
  });

  await test.step("psql, and Vapi's first message", async () => {
    const [, psql] = /`(psql [^`]+)`/.exec(readme)!;
    assert.equal((await pasted(psql.replace("psql", "echo"), stack)).trim(), stack.dbUrl);
    const [, message] = /```sh\n(curl [^]*?vapi-webhook[^]*?)```/.exec(
      await textOf("docs/vapi.md"),
    )!;
    assert.equal(JSON.parse(await pasted(message, stack)).outcome, "applied");
  });
});

/** What a command prints in a shell that was told of the stack. */
async function pasted(command: string, { url, dbUrl }: Pick<Stack, "url" | "dbUrl">) {
  const { stdout, stderr, code } = await new Deno.Command("sh", {
    args: ["-ec", command],
    env: { ...process.env as Record<string, string>, STACK_URL: url, STACK_DB_URL: dbUrl },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
