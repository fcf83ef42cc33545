import { logFunctions } from "./adapter_log.ts";
import { showFunctions } from "./adapter_providers.ts";
import { lockFunctions, statusFunction } from "./adapter_requests.ts";
import { ACCESS } from "./default_adapter.ts";
import type { Fit } from "./fit.ts";
import { quoted } from "./sql_text.ts";

/** The migration with the columns that are missing; undefined where none is. */
export function columnsMigration(fit: Fit): string | undefined {
  if (fit.added.length === 0) return undefined;
  const tables = [...new Set(fit.added.map(({ table }) => table))].map((table) => {
    const columns = fit.added.filter((added) => added.table === table);
    return `alter table ${table}\n${
      columns.map(({ column, type }) => `add column ${column} ${type}`).join(",\n")
    };`;
  });
  return `-- What a call has to say and your tables had no place for. Nothing else of them is changed.\n${
    tables.join("\n\n")
  }\n`;
}

/** The migration with the adapter: the functions that know the application's tables. */
export function adapterMigration(fit: Fit): string {
  return `-- The only functions that know your tables, written for them by \`deno task adopt\`, and yours from now on. To change one after
-- this was pushed, replace it in a migration of its own; what each has to do is in its comment.

-- A provider that is deleted takes its calls along.
alter table private.calls
add constraint calls_provider_id_fkey
foreign key (provider_id) references ${fit.providers.table.name} (${
    quoted(fit.providers.key)
  }) on delete cascade;

${adapterFunctions(fit)}`;
}

/** The migration that writes an adapter anew, for tables that have changed. */
export function renewedAdapterMigration(fit: Fit): string {
  const columns = columnsMigration(fit);
  return `-- The adapter, written anew for your tables as they are now.\n${
    columns ? `${columns}\n` : ""
  }\n${adapterFunctions(fit)}`;
}

/** The functions of the adapter. */
export function adapterFunctions(fit: Fit): string {
  const functions = [
    lockFunctions(fit),
    showFunctions(fit.providers),
    logFunctions(fit),
    statusFunction(fit),
  ];
  return [...functions, ACCESS].join("\n\n") + "\n";
}
