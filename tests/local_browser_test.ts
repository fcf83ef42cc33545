import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { PROJECT } from "../local/stack.ts";
import { SECRET_KEY } from "../local/settings.ts";
import { startSeededStack } from "./support/stack.ts";

Deno.test("a site that is open in the same browser gets nothing from the local stack", async (test) => {
  await using stack = await startSeededStack();
  const { port } = new URL(stack.url);

  /** Asks for a path as it is written, which `fetch` would tidy up. */
  async function ask(path: string, headers: Record<string, string> = {}, body?: string) {
    const asked = request({
      host: "127.0.0.1",
      port,
      path,
      headers,
      method: body ? "POST" : "GET",
    });
    asked.end(body);
    const [response] = await once(asked, "response");
    return {
      status: response.statusCode as number,
      headers: response.headers as Record<string, string>,
      text: await text(response),
    };
  }

  await test.step("every page of it refuses to be framed", async () => {
    for (const path of ["/", "/editor", "/sql", "/live/", "/live/index.html", "/anything"]) {
      const { status, headers } = await ask(path);
      assert.equal(status, 200, path);
      assert.match(headers["content-type"], /^text\/html/, path);
      assert.equal(headers["x-frame-options"], "DENY", path);
      assert.match(headers["content-security-policy"], /frame-ancestors 'none'/, path);
    }
  });

  const asStudio = { "Sec-Fetch-Site": "same-origin" };
  const paths = ["/", "/sql", "/live/", "/live/config.json", "/static/favicon.ico"];
  const rows = "/rest/v1/providers?select=name";
  const sql = "select name from providers";

  await test.step("a name of its own that leads here (DNS rebinding) opens nothing", async () => {
    for (
      const host of [
        ...[
          "evil.example",
          `evil.example:${port}`,
          `127.0.0.1.evil.example:${port}`,
          "localhost.evil.example",
        ],
        ...[
          `evil.example@127.0.0.1:${port}`,
          `10.0.0.1:${port}`,
          `0.0.0.0:${port}`,
          `localhost:${port}.evil.example`,
        ],
      ]
    ) {
      const headers = { ...asStudio, Host: host };
      for (const path of [...paths, rows]) {
        const { status, text } = await ask(path, headers);
        assert(status === 403 || status === 400, `${host}${path}: ${status}`);
        assert(!text.includes("Blue Ridge"));
      }
      const { status } = await ask("/sql", headers, sql);
      assert(status === 403 || status === 400, `${host}: ${status}`);
    }
  });

  await test.step("the stack's own names do", async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`]) {
      const headers = { ...asStudio, Host: host };
      for (const path of [...paths, rows]) assert.equal((await ask(path, headers)).status, 200);
      const { status, text } = await ask("/sql", headers, sql);
      assert.equal(status, 200);
      assert.match(text, /Blue Ridge Plumbing/);
    }
  });

  await test.step("functions ask for their tokens, whatever the name: a tunnel of Vapi's may lead to them", async () => {
    const { status } = await ask("/functions/v1/vapi-webhook", { Host: "tunnel.example" }, "{}");
    assert.equal(status, 401);
  });

  await test.step("another site runs no SQL, and reads no row without a key", async () => {
    for (const site of ["cross-site", "same-site", "none", ""]) {
      const headers = { "Sec-Fetch-Site": site, Origin: "http://evil.example" };
      assert.equal((await ask("/sql", headers, sql)).status, 403, site);
      assert.equal((await ask(rows, headers)).status, 401, site);
    }
  });

  await test.step("no path climbs out of the folders that are served", async () => {
    const secret = (await Deno.readTextFile(`${PROJECT}/deno.json`)).slice(0, 40);
    const targets = [
      "deno.json",
      "local/settings.ts",
      "supabase/functions/.env.example",
      "etc/passwd",
    ];
    const ups = [
      "../",
      "../../",
      "..%2f",
      "%2e%2e/",
      "%2e%2e%2f",
      "..%5c",
      "..\\",
      "....//",
      "..;/",
      "/",
      "%252e%252e%252f",
      ".%2e/",
    ];
    for (const folder of ["/live/", "/static/", "/live/watch/"]) {
      for (const up of ups) {
        for (const times of [1, 2, 3, 8]) {
          for (const target of targets) {
            const { status, text } = await ask(folder + up.repeat(times) + target);
            assert([200, 302, 400, 404].includes(status), `${status}`);
            for (const leak of [secret, SECRET_KEY, "root:x:", "CALL_RESULTS_TOKEN="]) {
              assert(!text.includes(leak), `${folder}${up.repeat(times)}${target}`);
            }
          }
        }
      }
    }
  });
});
