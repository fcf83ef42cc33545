import { DENO } from "./command_line.ts";
import type { Settings } from "./settings.ts";
import type { Stack } from "./stack.ts";

/** The first result of the README. */
const CALL_RESULT = {
  providerId: "22222222-2222-4222-8222-222222222221",
  serviceRequestId: "11111111-1111-4111-8111-111111111111",
  callResult: {
    status: "completed",
    callId: "first-call",
    createdAt: "2026-11-22T10:00:00Z",
    endedReason: "customer-ended-call",
    duration: 2.5,
    cost: 0.21,
    transcript: "AI: Are you free on Friday?\nUser: Yes, at nine.",
    analysis: { summary: "Free on Friday at nine.", structuredData: { available: true } },
  },
};

/** What a developer needs to use a stack that has just started. */
export function greeting(stack: Stack, settings: Settings, milliseconds: number): string {
  return `
  API          ${stack.url}
  Live page    ${stack.url}/live
  Studio       ${stack.url}/
  SQL editor   ${stack.url}/sql
  Functions    ${stack.url}/functions/v1/
  Database     ${stack.dbUrl}
  Data folder  ${stack.data}

  Publishable key      ${stack.publishableKey}
  Secret key           ${stack.secretKey}
  CALL_RESULTS_TOKEN   ${settings.CALL_RESULTS_TOKEN}
  VAPI_WEBHOOK_TOKEN   ${settings.VAPI_WEBHOOK_TOKEN}
  RECONCILE_TOKEN      ${settings.RECONCILE_TOKEN}

Save a call result:

curl ${stack.url}/functions/v1/save-call-result \\
  -H 'Authorization: Bearer ${settings.CALL_RESULTS_TOKEN}' -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(CALL_RESULT)}'

See it, here or in Studio:

psql ${stack.dbUrl} -c "SELECT id, name, call_status, call_summary FROM providers"

Play three calls, in another terminal, and watch them at ${stack.url}/live:

${DENO} task demo${otherPort(stack.url, 54321, " --port ")}
${addresses(stack)}
ready in ${(milliseconds / 1000).toFixed(1)} s`;
}

/** For the commands of the documents: they take the addresses from here, where the ports are not the usual ones. */
function addresses({ url, dbUrl }: Stack): string {
  if (!otherPort(url, 54321) && !otherPort(dbUrl, 54322)) return "";
  return `
So that the commands of README and docs find this stack, in that terminal first:

export STACK_URL=${url} STACK_DB_URL=${dbUrl}
`;
}

function otherPort(url: string, usual: number, before = ""): string {
  const { port } = new URL(url);
  return port === `${usual}` ? "" : before + port;
}
