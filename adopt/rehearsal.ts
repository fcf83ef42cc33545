import type { Sql } from "postgres";
import type { CallStatus } from "./call_statuses.ts";
import type { Fit } from "./fit.ts";
import { Refusal } from "./refusal.ts";
import type { RehearsalRows } from "./rehearsal_rows.ts";
import { quoted } from "./sql_text.ts";

const TURNS = [{ speaker: "assistant", text: "Are you free on Friday?" }, {
  speaker: "user",
  text: "At nine.",
}];

/** A report, and what is to come of it. */
interface Step {
  says: string;
  provider: number;
  report: Record<string, unknown>;
  outcome: string;
  shows: CallStatus;
}

const first = { call_id: "rehearsal-1", created_at: "2026-01-01T10:00:00Z", source: "kestra" };
const second = {
  call_id: "rehearsal-2",
  created_at: "2026-01-01T10:05:00Z",
  source: "vapi_webhook",
};
const ending = {
  ...first,
  call_status: "completed",
  duration_minutes: 1234.5,
  cost: 0.12345,
  transcript: "AI: Are you free on Friday?\nUser: At nine.",
  turns: TURNS,
  evidence: "heard",
  is_heard: true,
};

/** A call through its statuses, again, late, and by both sources; then one that nobody answers. */
const STEPS: Step[] = [
  {
    says: "before there is a call",
    provider: 0,
    report: { source: "kestra", call_status: "queued" },
    outcome: "applied",
    shows: "queued",
  },
  {
    says: "it rings",
    provider: 0,
    report: { ...first, call_status: "queued" },
    outcome: "applied",
    shows: "queued",
  },
  {
    says: "it is answered",
    provider: 0,
    report: { ...first, call_status: "in_progress" },
    outcome: "applied",
    shows: "in_progress",
  },
  { says: "it ends", provider: 0, report: ending, outcome: "applied", shows: "completed" },
  { says: "the same again", provider: 0, report: ending, outcome: "duplicate", shows: "completed" },
  {
    says: "from Vapi, too, with a summary",
    provider: 0,
    report: { ...ending, source: "vapi_webhook", summary: "Free on Friday at nine." },
    outcome: "enriched",
    shows: "completed",
  },
  {
    says: "an earlier report comes late",
    provider: 0,
    report: { ...first, call_status: "in_progress", message: "It was answered." },
    outcome: "superseded",
    shows: "completed",
  },
  {
    says: "another provider is called",
    provider: 1,
    report: { ...second, call_status: "in_progress" },
    outcome: "applied",
    shows: "in_progress",
  },
  {
    says: "and does not answer",
    provider: 1,
    report: { ...second, call_status: "no_answer" },
    outcome: "applied",
    shows: "no_answer",
  },
];

/**
 * Plays calls on a database that has been adopted. Returns what came of each, a line each.
 *
 * @throws {Refusal} Where something else came of one.
 */
export async function rehearseCalls(sql: Sql, fit: Fit, rows: RehearsalRows): Promise<string[]> {
  const { providers } = fit;
  const lines = [];
  for (const { says, provider, report, outcome, shows } of STEPS) {
    const id = rows.providers[provider];
    const saved = await save(sql, { ...report, provider_id: id, service_request_id: rows.request })
      .catch((error) => fail(says, error.message));
    const [row] = await sql.unsafe(
      `select * from ${providers.table.name} where ${quoted(providers.key)} = $1`,
      [id],
    );
    if (saved.outcome !== outcome) fail(says, `it was ${saved.outcome}, and not ${outcome}`);
    const label = row[providers.status.name];
    if (label !== providers.labels[shows]) {
      fail(says, `the provider's row shows ${label}, and not ${providers.labels[shows]}`);
    }
    const invented = providers.shown.filter(({ name, kind }) =>
      kind === "number" && Number(row[name]) > 0 && !("cost" in report) && shows !== "completed"
    );
    if (invented.length > 0) fail(says, `${invented[0].name} is shown, which nobody reported`);
    lines.push(
      `${says}: ${outcome}; the provider's row says ${label}, the request's ${
        saved.request_status ?? "nothing"
      }`,
    );
  }
  await checkLog(sql, fit, rows);
  return lines;
}

async function save(sql: Sql, report: Record<string, unknown>) {
  return await sql.begin(async (sql) => {
    await sql`set local role service_role`;
    const [saved] = await sql`
      select saved.* from jsonb_to_record(${sql.json(report as never)}) as r (
        provider_id uuid, service_request_id uuid, source public.call_source, call_status public.call_status, call_id text,
        created_at timestamptz, duration_minutes numeric, cost numeric, evidence public.ending_evidence, summary text,
        transcript text, turns jsonb, is_heard boolean, message text
      )
      cross join lateral public.save_call_result(
        r.provider_id, r.service_request_id, r.source, r.call_status, call_id => r.call_id, created_at => r.created_at,
        duration_minutes => r.duration_minutes, cost => r.cost, evidence => r.evidence, summary => r.summary,
        transcript => r.transcript, turns => r.turns, is_heard => r.is_heard, message => r.message
      ) as saved`;
    return saved;
  });
}

/** One row for each (call, status). */
async function checkLog(sql: Sql, { log }: Fit, rows: RehearsalRows) {
  const steps = new Set(STEPS.map(({ report }) => `${report.call_id} ${report.call_status}`)).size;
  const where = `where ${quoted(log.request)} = $1`;
  const [{ count }] = await sql.unsafe(`select count(*)::int from ${log.table.name} ${where}`, [
    rows.request,
  ]);
  if (count !== steps) fail("the log", `it has ${count} rows, and not ${steps}`);
}

function fail(step: string, what: string): never {
  throw new Refusal(`The rehearsal failed. ${step}: ${what}.`);
}
