import assert from "node:assert/strict";

Deno.test("only reconcile-calls loads Vapi's SDK, which takes longer to load than all the rest", async () => {
  const loading = [];
  for (const name of ["save-call-result", "vapi-webhook", "reconcile-calls"]) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", `supabase/functions/${name}/index.ts`],
      cwd: new URL("..", import.meta.url),
    }).output();
    const { modules } = JSON.parse(new TextDecoder().decode(stdout));
    assert(modules.length > 5);
    if (JSON.stringify(modules).includes("@vapi-ai/server-sdk")) loading.push(name);
  }
  assert.deepEqual(loading, ["reconcile-calls"]);
});
