import type { Sql } from "postgres";
import { fitLog, type LogFit } from "./fit_log.ts";
import { fitProviders, type ProvidersFit } from "./fit_providers.ts";
import { fitRequests, type RequestsFit } from "./fit_requests.ts";
import { Refusal } from "./refusal.ts";
import { readTable, type Table } from "./tables.ts";

/** What the application's tables are called. */
export interface TableNames {
  requests: string;
  providers: string;
  log: string;
}

/** How a result finds its place in the tables that are there. */
export interface Fit {
  requests: RequestsFit;
  providers: ProvidersFit;
  log: LogFit;
  /** Additive, nullable: by table, name and type. */
  added: { table: string; column: string; type: string }[];
  /** What was decided, a sentence each. */
  decisions: string[];
}

/**
 * Fits results to the tables that are there; undefined where there is none of them.
 *
 * @throws {Refusal} What does not fit.
 */
export async function fitTables(sql: Sql, names: TableNames): Promise<Fit | undefined> {
  const found = await sql.begin(async (sql) => {
    await sql`set local search_path = ''`; // so that names come with their schemas
    const tables = [];
    for (const name of Object.values(names)) tables.push(await readTable(sql, name));
    return tables;
  });
  if (found.every((table) => table === undefined)) return undefined;
  const flags = Object.keys(names).map((flag) => `--${flag}`);
  const missing = Object.values(names).filter((_, i) => !found[i]);
  if (missing.length > 0) {
    const there = found.filter((table) => table !== undefined).map(({ name }) => name);
    throw new Refusal(
      `There is ${there.join(" and ")}, but no ${missing.join(" and no ")}. ` +
        `If yours has another name, say which: ${flags.join(", ")}.`,
    );
  }
  const [requestsTable, providersTable, logTable] = found as Table[];
  refuseWithoutGrants(requestsTable, ["select", "update"]);
  refuseWithoutGrants(providersTable, ["select", "update"]);
  refuseWithoutGrants(logTable, ["select", "insert", "update"]);
  const requests = fitRequests(requestsTable);
  const providers = fitProviders(providersTable, requests);
  const log = fitLog(logTable, requests, providers);
  return {
    requests,
    providers,
    log,
    added: [
      ...providers.missing.map((column) => ({ table: providersTable.name, ...column })),
      ...log.missing.map((column) => ({ table: logTable.name, ...column })),
    ],
    decisions: [...requests.decisions, ...providers.decisions, ...log.decisions],
  };
}

/** The functions come as service_role. */
function refuseWithoutGrants(table: Table, needed: string[]) {
  const lacking = needed.filter((privilege) => !table.granted.includes(privilege));
  if (lacking.length > 0) {
    throw new Refusal(
      `service_role may not ${lacking.join(" and ")} on ${table.name}. ` +
        `Grant it in a migration of yours: grant ${
          needed.join(", ")
        } on ${table.name} to service_role;`,
    );
  }
}
