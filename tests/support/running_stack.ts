/** A stack that runs already, named by `TEST_STACK_URL` and `TEST_DB_URL`: `deno task test:running`. */
import postgres from "postgres";
import process from "node:process";
import { readSettings } from "../../local/settings.ts";
import { PROJECT, type Stack } from "../../local/stack.ts";

const { TEST_STACK_URL, TEST_DB_URL } = process.env;

/** Whether the tests are to use a stack that runs already. */
export const IS_RUNNING = Boolean(TEST_STACK_URL || TEST_DB_URL);

const settings = readSettings(PROJECT);

/** The token that a running stack takes by a setting of that name: what `deno task start` would give it. */
export function runningToken(name: string): string {
  return (settings[name] ?? "").split(",")[0].trim();
}

/** The running stack, once it has answered. Its owner stops it, and gives it its settings. */
export async function runningStack(env: Record<string, string>): Promise<Stack> {
  if (!TEST_STACK_URL || !TEST_DB_URL) {
    const missing = TEST_STACK_URL ? "TEST_DB_URL" : "TEST_STACK_URL";
    throw new Error(
      `${missing} is not set. A running stack needs both, TEST_STACK_URL and TEST_DB_URL.`,
    );
  }
  const url = TEST_STACK_URL.replace(/\/+$/, "");
  for (const [name, value] of Object.entries(env)) {
    if (value !== runningToken(name)) cannot(`be given the setting ${name}`);
  }
  if (env.VAPI_WEBHOOK_TOKEN && settings.VAPI_WEBHOOK_HMAC_SECRET) {
    cannot("take a token of Vapi's: VAPI_WEBHOOK_HMAC_SECRET asks for signatures");
  }
  await Promise.all([assertFunctions(url), assertDatabase(TEST_DB_URL)]);
  return {
    url,
    dbUrl: TEST_DB_URL,
    get functionsUrl() {
      return cannot("be asked for its functions behind the gateway");
    },
    get functionsPid() {
      return cannot("be asked for its functions' process");
    },
    get functionLogs() {
      return cannot("be asked for its functions' log");
    },
    get lastLines() {
      return cannot("be asked for its functions' log");
    },
    get publishableKey() {
      return cannot("be asked for its publishable key");
    },
    get secretKey() {
      return cannot("be asked for its secret key");
    },
    get data() {
      return cannot("be asked for its data folder");
    },
    get postgres() {
      return cannot("have its Postgres stopped or started");
    },
    restartFunctions: () => cannot("have its functions restarted"),
    stop: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

function cannot(what: string): never {
  throw new Error(
    `The stack at TEST_STACK_URL cannot ${what}. This test needs a stack of its own: unset TEST_STACK_URL and TEST_DB_URL.`,
  );
}

/** Sends what is refused for its type alone, which whoever has the right token is told. */
async function assertFunctions(url: string) {
  const name = "CALL_RESULTS_TOKEN";
  const response = await fetch(`${url}/functions/v1/save-call-result`, {
    method: "POST",
    headers: { "Authorization": `Bearer ${runningToken(name)}`, "Content-Type": "text/plain" },
    body: "Are you there?",
    signal: AbortSignal.timeout(30_000),
  }).catch((cause) => {
    throw new Error(`No stack answers at TEST_STACK_URL, ${url}.`, { cause });
  });
  const answer = await response.text();
  if (response.status === 415) return;
  const hint = response.status === 401 ? ` Does it have another ${name}?` : "";
  throw new Error(
    `save-call-result at TEST_STACK_URL, ${url}, answers ${response.status}, not 415.${hint}\n${answer}`,
  );
}

async function assertDatabase(dbUrl: string) {
  const sql = postgres(dbUrl, { max: 1, connect_timeout: 10 });
  try {
    await sql`select from providers limit 1`;
  } catch (cause) {
    throw new Error("The database at TEST_DB_URL does not answer, or lacks the migrations.", {
      cause,
    });
  } finally {
    await sql.end();
  }
}
