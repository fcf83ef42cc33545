import { createClient } from "@supabase/supabase-js";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Database } from "../client/watch/mod.js";
import { LOCAL_CUSTOMER } from "../local/live_page.ts";
import { startSeededStack } from "./support/stack.ts";
import { Watching } from "./support/watching.ts";

Deno.test("a newcomer watches the demo's calls as the seed's customer", async (test) => {
  await using stack = await startSeededStack();

  await test.step("the page has its files, its settings, and nothing of the project besides", async () => {
    const get = async (path: string) => {
      const response = await fetch(stack.url + path);
      const type = response.headers.get("content-type")?.split(";")[0];
      return { status: response.status, type, text: await response.text(), url: response.url };
    };
    const page = await get("/live");
    assert.deepEqual([page.url, page.type], [`${stack.url}/live/`, "text/html"]);
    const files = [...page.text.matchAll(/(?:src|href)="([\w./]+)"/g)].map(([, file]) => file);
    assert.deepEqual(files, ["live/live.css", "supabase.js", "live/main.js"]);
    for (const file of files) assert.equal((await get(`/live/${file}`)).status, 200, file);
    const { supabaseUrl, publishableKey } = JSON.parse((await get("/live/config.json")).text);
    assert.deepEqual([supabaseUrl, publishableKey], [stack.url, stack.publishableKey]);
    for (
      const path of ["..%2flocal/sql_editor.html", "watch", "none.js"]
    ) {
      assert.equal((await get(`/live/${path}`)).status, 404, path);
    }
    assert.equal((await get("/static/..%2findex.js")).status, 404);
    assert.equal(page.text.includes(LOCAL_CUSTOMER.password), false);
  });

  await test.step("the customer of the seed signs in, and hears of every status of the demo", async () => {
    const supabase = createClient<Database>(stack.url, stack.publishableKey, {
      auth: { autoRefreshToken: false, persistSession: false },
      realtime: { disconnectOnEmptyChannelsAfterMs: 0 },
    });
    const { error } = await supabase.auth.signInWithPassword(LOCAL_CUSTOMER);
    assert.equal(error, null);
    const { data } = await supabase.from("service_requests").select("id");
    await using watching = new Watching({ supabase }, data![0].id);
    await watching.until(({ providers }) => providers.length === 3);
    const { code, stdout } = await demo(["--port", portOf(stack.url)]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`watch them at ${stack.url}/live`));
    const { providers } = await watching.until(({ request }) => request?.status === "completed");
    const statuses = providers.map(({ id, name }) => [name, ...watching.statusesOf(id).slice(2)]);
    assert.deepEqual(statuses, [
      ["Blue Ridge Plumbing", "queued", "in_progress", "completed"],
      ["Paris Mountain Drains", "queued", "no_answer"],
      ["Swamp Rabbit Pipes", "queued", "in_progress", "voicemail"],
    ]);
  });

  await test.step("a stack with another token is named as the reason", async () => {
    const { code, stderr } = await demo([], {
      STACK_URL: stack.url,
      CALL_RESULTS_TOKEN: "another",
    });
    assert.equal(code, 1);
    assert.match(stderr, /^save-call-result: .* Does the stack run with other settings/);
  });

  await test.step("where no stack runs it says how to start one", async () => {
    const { code, stderr } = await demo(["--port", "1"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^No stack answers at http:\/\/127.0.0.1:1. Start one .*deno(@2)? task start\n$/,
    );
  });

  await test.step("the stack of another checkout is left alone", async () => {
    for (const config of [{ checkout: "0a1b2c3d" }, undefined]) {
      await using other = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen() {} },
        ({ url }) =>
          url.endsWith("config.json") && config
            ? Response.json(config)
            : new Response(null, { status: url.includes("/functions/") ? 405 : 404 }),
      );
      const { code, stderr } = await demo(["--port", `${other.addr.port}`]);
      assert.equal(code, 1);
      assert.match(stderr, /^The stack at http:\/\/127.0.0.1:\d+ is not this checkout's.*\n$/);
    }
  });
});

Deno.test("the demo says what its options are, and which one it does not know", async () => {
  const help = await demo(["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--port PORT .*\n {2}--help /s);
  for (
    const [args, message] of [
      [["--nope"], "Unknown option '--nope'. See --help.\n"],
      [["--port"], "Option '--port <value>' argument missing. See --help.\n"],
      [["--port", "many"], "--port many is no port number.\n"],
      [["now"], "Unexpected argument 'now'. See --help.\n"],
    ] as const
  ) {
    const { code, stderr } = await demo([...args]);
    assert.deepEqual([code, stderr], [1, message]);
  }
});

const portOf = (url: string) => new URL(url).port;

async function demo(args: string[], env: Record<string, string> = {}) {
  const command = fileURLToPath(new URL("../local/demo.ts", import.meta.url));
  const { code, ...output } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", command, ...args],
    env,
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  return { code, stdout, stderr };
}
