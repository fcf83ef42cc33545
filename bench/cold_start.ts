import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deno } from "./deno.ts";
import { middle } from "./load.ts";
import { number, type Size, type Table } from "./report.ts";

const entries = {
  "supabase-js alone": "bench/supabase_js.ts",
  "save-call-result": "supabase/functions/save-call-result/index.ts",
  "vapi-webhook": "supabase/functions/vapi-webhook/index.ts",
  "reconcile-calls": "supabase/functions/reconcile-calls/index.ts",
};

/** What a function costs before its first request. */
export async function coldStart({ quick }: Size): Promise<Table[]> {
  const files = Object.values(entries);
  const times: Record<string, number[]> = Object.fromEntries(files.map((file) => [file, []]));
  for (let run = 0; run < (quick ? 1 : 11); run++) {
    for (const file of files) {
      times[file].push(Number(await deno("run", "-A", "bench/import_process.ts", `../${file}`)));
    }
  }

  const rows = [];
  for (const [name, file] of Object.entries(entries)) {
    const time = middle(times[file]);
    const { modules, bytes } = await bundled(file);
    rows.push([
      name,
      number(time),
      number(time - middle(times[entries["supabase-js alone"]])),
      number(modules),
      number(bytes / 1024),
    ]);
  }
  return [{
    title: "Cold start",
    about:
      "Import in a fresh process, with everything in the cache; modules and size once bundled and minified (`deno bundle`).",
    head: ["", "import ms", "more than supabase-js", "modules", "bundle KB"],
    rows,
  }];
}

/** The modules that go into a bundle, and its size in bytes. */
async function bundled(file: string): Promise<{ modules: number; bytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), "bundle-"));
  try {
    const bundle = join(folder, "bundle.js");
    await deno("bundle", "--minify", "--sourcemap=external", `--output=${bundle}`, file);
    const { sources } = JSON.parse(await readFile(`${bundle}.map`, "utf8"));
    return { modules: sources.length, bytes: (await readFile(bundle)).length };
  } finally {
    await rm(folder, { recursive: true });
  }
}
