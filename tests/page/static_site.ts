import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT, type Stack } from "../../local/stack.ts";

/** What the commands of docs/frontend.md make, on a host of its own: of a project, or of a stack. */
export async function documentedSite(of?: Pick<Stack, "url" | "publishableKey">) {
  const doc = await readFile(join(PROJECT, "docs/frontend.md"), "utf8");
  const [, commands] = /```sh\n([^]*?)```/.exec(doc)!;
  const folder = await mkdtemp(join(tmpdir(), "site-"));
  await cp(join(PROJECT, "client"), join(folder, "client"), { recursive: true });
  await symlink(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  const { code } = await new Deno.Command("sh", { args: ["-ec", commands], cwd: folder }).output();
  assert.equal(code, 0);
  if (of) await connect(join(folder, "site"), of);
  const types: Record<string, string> = {
    css: "text/css",
    html: "text/html",
    js: "text/javascript",
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const name = new URL(request.url).pathname.slice(1) || "index.html";
    const type = types[name.split(".").at(-1)!] ?? "application/json";
    return new Response(await readFile(join(folder, "site", name)), {
      headers: { "content-type": type },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await rm(folder, { recursive: true });
    },
  };
}

/** Names the stack in the page's settings and in what it may connect to, as the document says. */
async function connect(
  site: string,
  { url, publishableKey }: Pick<Stack, "url" | "publishableKey">,
) {
  const [settings, page] = [join(site, "config.json"), join(site, "index.html")];
  await writeFile(settings, JSON.stringify({ supabaseUrl: url, publishableKey }));
  const sources = `connect-src ${url} ${url.replace("http", "ws")}`;
  const html = await readFile(page, "utf8");
  assert(html.includes("connect-src"));
  await writeFile(page, html.replace("connect-src", sources));
}
