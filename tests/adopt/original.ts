import type { Sql } from "postgres";
import { adopt, type Adoption } from "../../adopt/adopt.ts";
import { type Catalog, readCatalog } from "../../adopt/catalog.ts";
import { type LivingProject, startLivingProject } from "./living_project.ts";

/** The two states of the original: which fixtures make them. */
export const STATES = { A: ["original"], B: ["original", "tenancy"] };

/** A request's, in their words. */
export const STATUSES = [
  "PENDING",
  "SEARCHING",
  "CALLING",
  "ANALYZING",
  "RECOMMENDED",
  "BOOKING",
  "COMPLETED",
  "FAILED",
];
export const CUSTOMER = "33333333-3333-4333-8333-333333333333";
export const STRANGER = "33333333-3333-4333-8333-333333333334";
export const ORGANIZATION = "00000000-0000-4000-8000-00000000000a";

/** Rows as their application makes them. */
export type OriginalRows = Awaited<ReturnType<typeof makeRows>>;

/** The original as it lives, in one of its states. */
export interface Original extends LivingProject {
  hasTenancy: boolean;
  rows: OriginalRows;
  /** What was there before it was adopted. */
  before: Catalog;
  /** Has it adopted, and deploys it. */
  adopt(): Promise<Adoption>;
}

/** Starts the original with rows of its application's. */
export async function startOriginal(fixtures: string[]): Promise<Original> {
  await using started = new AsyncDisposableStack();
  const project = started.use(await startLivingProject(...fixtures));
  const hasTenancy = fixtures.includes("tenancy");
  const rows = await makeRows(project.sql, hasTenancy);
  const before = await readCatalog(project.sql);
  const running = started.move();
  return {
    ...project,
    hasTenancy,
    rows,
    before,
    async adopt() {
      const adoption = await adopt({ into: project.repository.path });
      await project.deploy();
      return adoption;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function makeRows(sql: Sql, hasTenancy: boolean) {
  for (
    const [id, email] of [[CUSTOMER, "customer@example.com"], [STRANGER, "stranger@example.com"]]
  ) {
    await sql`insert into auth.users (id, email) values (${id}, ${email})`;
    await sql`insert into users (id, email) values (${id}, ${email})`;
  }
  const tenant = hasTenancy && { org_id: ORGANIZATION };
  if (hasTenancy) {
    await sql`insert into organizations (id, name) values (${ORGANIZATION}, 'Ours')`;
    await sql`insert into organization_members (org_id, user_id) values (${ORGANIZATION}, ${CUSTOMER})`;
  }
  const newRequest = async (status: string, user_id: string | null = CUSTOMER) => {
    const row = {
      user_id,
      type: "RESEARCH_AND_BOOK",
      title: "A tap",
      description: "It drips.",
      criteria: "Licensed",
      status,
      ...tenant,
    };
    return (await sql`insert into service_requests ${sql(row)} returning id`)[0].id as string;
  };
  const anotherProvider = async (request: string, more: Record<string, unknown> = {}) => {
    const row = { request_id: request, name: "First", ...tenant, ...more };
    return (await sql`insert into providers ${sql(row)} returning id`)[0].id as string;
  };
  const newProvider = async (status: string, more: Record<string, unknown> = {}) => {
    const request = await newRequest(status);
    return { request, provider: await anotherProvider(request, more) };
  };
  for (const status of STATUSES.slice(1)) await newProvider(status);
  await anotherProvider(await newRequest("PENDING", null));
  const called = await newProvider("RECOMMENDED", {
    call_status: "completed",
    call_id: "old-call",
    call_method: "direct_vapi",
    call_transcript: "AI: Hello.\nUser: At nine.",
    call_summary: "No summary",
    call_result: { availability: "available" },
    call_duration_minutes: 2.5,
    call_cost: 0.21,
    called_at: "2025-12-01T10:00:00Z",
  });
  await sql`insert into interaction_logs ${
    sql({
      request_id: called.request,
      step_name: "Call to First",
      detail: "Their own words of it, at length.",
      status: "success",
      call_id: "old-call",
      ...tenant,
    })
  }`;
  const booked = await newProvider("COMPLETED", {
    call_status: "booking_confirmed",
    call_id: "booked",
    call_transcript: "AI: Booked.",
  });
  return {
    called,
    booked,
    newProvider,
    anotherProvider,
    provider: async (id: string) => ({
      ...(await sql`select * from providers where id = ${id}`)[0],
    }),
    log: async (
      request: string,
    ) => [
      ...await sql`select * from interaction_logs where request_id = ${request} order by "timestamp"`,
    ],
  };
}
