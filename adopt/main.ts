/** `deno task adopt`: brings the saving of call results into a Supabase project that is there already. */
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { StackError } from "../local/stack_error.ts";
import { adopt, DEFAULT_TABLES } from "./adopt.ts";
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
  --help             this text`;

try {
  const { values } = parseOptions();
  if (values.help) console.log(HELP);
  else {
    if (!values.into) throw new Refusal("Say which project: --into DIR. See --help.");
    const adoption = await adopt({
      // `deno task` changes to this project's folder first.
      into: resolve(process.env.INIT_CWD ?? "", values.into),
      tables: {
        requests: inPublic(values.requests),
        providers: inPublic(values.providers),
        log: inPublic(values.log),
      },
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
        "requests": { type: "string", default: DEFAULT_TABLES.requests },
        "providers": { type: "string", default: DEFAULT_TABLES.providers },
        "log": { type: "string", default: DEFAULT_TABLES.log },
        "help": { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new Refusal(`${(error as Error).message.split(". ")[0]}. See --help.`);
  }
}

function inPublic(table: string): string {
  return table.includes(".") ? table : `public.${table}`;
}
