/** `deno task adopt`: brings the saving of call results into a Supabase project that is there already. */
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { StackError } from "../local/stack_error.ts";
import { adopt, DEFAULT_TABLES } from "./adopt.ts";
import type { TableNames } from "./fit.ts";
import { Refusal } from "./refusal.ts";
import { reportOf } from "./report.ts";

const HELP = `Brings the saving of call results into a Supabase project that is there already.

deno task adopt --into DIR [options]
  --into DIR         the folder that holds your supabase/
  --dry-run          say what would be done, and write nothing
  --force            write although git knows of other changes
  --requests TABLE   what your tables are called (${DEFAULT_TABLES.requests})
  --providers TABLE  (${DEFAULT_TABLES.providers})
  --log TABLE        (${DEFAULT_TABLES.log})
  --renew-adapter    your tables have changed since: write the adapter anew
  --help             this text`;

try {
  const { values } = parseOptions();
  if (values.help) console.log(HELP);
  else {
    if (!values.into) throw new Refusal("Say which project: --into DIR. See --help.");
    const adoption = await adopt({
      // `deno task` changes to this project's folder first.
      into: resolve(process.env.INIT_CWD ?? "", values.into),
      tables: namedTables(values),
      renewAdapter: values["renew-adapter"],
      dryRun: values["dry-run"],
      force: values.force,
    });
    console.log(await reportOf(adoption, values["dry-run"] === true));
  }
} catch (error) {
  const isKnown = error instanceof Refusal || error instanceof StackError;
  console.error(isKnown ? `${error.message}\nNothing was written.` : error);
  process.exitCode = 1;
}

function parseOptions() {
  try {
    return parseArgs({
      options: {
        "into": { type: "string" },
        "dry-run": { type: "boolean" },
        "force": { type: "boolean" },
        "requests": { type: "string" },
        "providers": { type: "string" },
        "log": { type: "string" },
        "renew-adapter": { type: "boolean" },
        "help": { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new Refusal(`${(error as Error).message.split(". ")[0]}. See --help.`);
  }
}

/** The tables that were named; without a schema they are in public. */
function namedTables(values: Partial<TableNames>): Partial<TableNames> {
  const named = (["requests", "providers", "log"] as const).filter((table) => values[table]);
  return Object.fromEntries(named.map((table) => {
    const name = values[table]!;
    return [table, name.includes(".") ? name : `public.${name}`];
  }));
}
