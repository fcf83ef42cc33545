import type { Adoption } from "./adopt.ts";
import { functionNames } from "./our_functions.ts";
import { BESIDE_THEIRS } from "./our_migrations.ts";

/** What was found, decided, tried and written, and what to do next. */
export async function reportOf(adoption: Adoption, isDryRun: boolean): Promise<string> {
  const { fit, files, outdated, rehearsed, visible, notRehearsed } = adoption;
  const isRenewed = files.some(({ path }) => /_call_results_adapter_\d+\.sql$/.test(path));
  const adapter = outdated.length > 0 && !isRenewed
    ? section("Your adapter stays as it is", [
      `written today, these would be otherwise: ${
        outdated.join(", ")
      }. Where you did not change them yourself, your tables have changed since: --renew-adapter writes all of it anew, in a migration of its own`,
    ])
    : undefined;
  if (files.length === 0) {
    return ["Everything is there already, and in order. Nothing was changed.", adapter].filter(
      Boolean,
    ).join("\n\n");
  }
  const parts = [];
  if (fit) {
    const { requests, providers, log } = fit;
    parts.push(section("Found", [
      `requests in ${requests.table.name}, providers in ${providers.table.name}, the log in ${log.table.name}`,
    ]));
    parts.push(
      section(
        "Decided (each can be changed in the adapter's migration, before it is pushed)",
        fit.decisions,
      ),
    );
    parts.push(section("Changed in your tables", [
      ...fit.added.map(({ table, column, type }) =>
        `${table}.${column} ${type} is added, and may be null`
      ),
      ...adoption.migrations.some(({ text }) => text.startsWith(BESIDE_THEIRS))
        ? ["service_role may use your schema private"]
        : [],
      "nothing else: no grant, policy, trigger, comment, type or index",
    ]));
  } else {
    parts.push(
      section("Found", [
        "no table for requests, providers or a log: you get those of this project",
        ...adoption.hasMigrations ? [] : [
          "no migrations: if your database has tables all the same, bring them first (npx -y supabase@3.1.0 db pull), and begin anew",
        ],
      ]),
    );
  }
  if (adapter) parts.push(adapter);
  if (rehearsed) parts.push(section("Rehearsed on a scratch database", rehearsed));
  if (notRehearsed) parts.push(section("Not rehearsed", [notRehearsed]));
  if (visible) {
    parts.push(section(
      "What who can see of it (rows before the calls -> after them)",
      Object.keys(visible.before).map((who) =>
        `${who}: ${visible.before[who]} -> ${visible.after[who]}`
      )
        .concat(fit!.added.length > 0 ? ["who sees a row sees the added columns of it, too"] : []),
    ));
  }
  const shared = files.filter(({ path }) => /^supabase\/functions\//.test(path));
  parts.push(section(isDryRun ? "Would be written" : "Written", [
    ...files.filter((file) => !shared.includes(file)).map(({ path }) => path),
    ...shared.length > 0
      ? [
        `${shared.length} files under supabase/functions/: ${
          [...await functionNames(), "_call_results"].join(", ")
        }`,
      ]
      : [],
  ]));
  parts.push(section("Next", [
    ...isDryRun ? ["run it again without --dry-run"] : ["review the diff, and commit it"],
    "npx -y supabase@3.1.0 db push --remote",
    'npx -y supabase@3.1.0 secrets set CALL_RESULTS_TOKEN="$(openssl rand -hex 32)"',
    `npx -y supabase@3.1.0 functions deploy ${(await functionNames()).join(" ")} --use-api`,
    "docs/adopt.md has the rest: how to move over step by step, upgrade, and back out",
  ]));
  return parts.join("\n\n");
}

function section(title: string, lines: string[]): string {
  return [title, ...lines.map((line) => `  - ${line}`)].join("\n");
}
