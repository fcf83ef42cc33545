import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import postgres from "postgres";

const asText = { serialize: String, parse: (text: string) => text };

/** `/sql`: a page to run SQL in, as `@supabase/lite`'s Studio has none yet. */
export function sqlEditor(request: Request, dbUrl: string, project: string): Promise<Response> {
  if (request.method === "GET") return page(join(project, "supabase", "snippets"));
  return isFromThePage(request) ? run(request, dbUrl) : Promise.resolve(refusal());
}

/** No other site that is open in the browser may run SQL here. */
function isFromThePage(request: Request): boolean {
  return request.headers.get("sec-fetch-site") === "same-origin";
}

function refusal(): Response {
  return Response.json({ message: "Only from the page itself" }, { status: 403 });
}

async function page(snippets: string): Promise<Response> {
  const files = (await readdir(snippets).catch(() => [])).filter((file) => file.endsWith(".sql"));
  const saved = await Promise.all(
    files.sort().map(async (file) => ({
      name: basename(file, ".sql"),
      sql: await readFile(join(snippets, file), "utf8"),
    })),
  );
  const html = await readFile(new URL("sql_editor.html", import.meta.url), "utf8");
  const data = JSON.stringify(saved).replaceAll("<", "\\u003c");
  return new Response(html.replace("/* snippets */ []", () => data), {
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

async function run(request: Request, dbUrl: string): Promise<Response> {
  const times = { ...asText, to: 1184, from: [1082, 1083, 1114, 1184, 1266] };
  const sql = postgres(dbUrl, { max: 1, onnotice: () => {}, types: { times } });
  try {
    const results = await sql.unsafe(await request.text()).simple().values();
    // One statement's result; of several, postgres.js gives a plain list of theirs.
    const one = "command" in results ? results : (results as unknown[]).at(-1);
    const last = one as postgres.ValuesRowList<[]>;
    return Response.json({
      columns: last.columns?.map((column: { name: string }) => column.name) ?? [],
      rows: [...last],
      command: `${last.command} ${last.count ?? ""}`,
    });
  } catch (error) {
    const { message, detail, hint } = error as postgres.PostgresError;
    return Response.json({ message: [message, detail, hint].filter(Boolean).join("\n") }, {
      status: 400,
    });
  } finally {
    await sql.end();
  }
}
