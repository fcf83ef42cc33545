/** Runs pgTAP files without psql or the extension's packages: pgTAP is plain SQL. */
import { dirname, join } from "node:path";
import postgres from "postgres";
import { list } from "tar";
import { npmFile } from "../../local/npm_package.ts";

/** One line of a file's plan. */
export interface Assertion {
  passed: boolean;
  /** What is promised, and, where it does not hold, what was seen. */
  text: string;
}

/** Creates pgTAP's functions in the schema `extensions`, as `supabase test db` does. */
export async function installPgTap(dbUrl: string): Promise<void> {
  await inOneSession(
    dbUrl,
    `
    create schema if not exists extensions;
    set search_path = extensions;
    set client_min_messages = warning;
    ${await pgTapSource()}
  `,
  );
}

/** The script of the extension, out of the tarball that PGlite carries it in. */
async function pgTapSource(): Promise<string> {
  const script = await npmFile("npm:@electric-sql/pglite@0.4.5/pgtap");
  const chunks: Uint8Array[] = [];
  await list({
    file: join(dirname(script), "../pgtap.tar.gz"),
    filter: (path) => /\/pgtap--\d+(\.\d+)*\.sql$/.test(path),
    onReadEntry: (entry) => entry.on("data", (chunk) => chunks.push(chunk)),
  });
  return await new Blob(chunks as BlobPart[]).text();
}

/** Runs one file and returns its assertions; a broken plan is one that failed. */
export async function runPgTap(dbUrl: string, file: URL): Promise<Assertion[]> {
  const lines = await inOneSession(dbUrl, await Deno.readTextFile(file));
  const planned = Number(/^1\.\.(\d+)$/.exec(lines.find((line) => /^1\.\./.test(line)) ?? "")?.[1]);
  const assertions: Assertion[] = [];
  for (const line of lines) {
    const [, not, text] = /^(not )?ok \d+(?: - (.*))?$/.exec(line) ?? [];
    if (text !== undefined) assertions.push({ passed: !not, text });
    else if (line.startsWith("#") && assertions.length) assertions.at(-1)!.text += `\n${line}`;
  }
  if (assertions.length !== planned) {
    assertions.push({ passed: false, text: `planned ${planned}, ran ${assertions.length}` });
  }
  return assertions;
}

/** Runs a script in a session of its own and returns the lines that it selected. */
async function inOneSession(dbUrl: string, script: string): Promise<string[]> {
  const sql = postgres(dbUrl, { max: 1, onnotice: () => {} });
  try {
    const results = await sql.unsafe(script).simple();
    return [results].flat(2).flatMap((row) => Object.values(row as object))
      .flatMap((value) => typeof value === "string" ? value.split("\n") : []);
  } finally {
    await sql.end();
  }
}
