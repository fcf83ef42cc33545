import postgres from "postgres";
import { startSeededStack } from "../support/stack.ts";
import { openBrowser, openPage } from "./browser.ts";
import { WIDTHS } from "./looks.ts";

/** The page at /live of a stack of its own, as the seed's customer sees it, and requests to see there. */
export async function openAsCustomer() {
  await using opened = new AsyncDisposableStack();
  const stack = opened.use(await startSeededStack());
  const browser = opened.use(await openBrowser());
  const sql = postgres(stack.dbUrl, { max: 1 });
  opened.defer(() => sql.end());
  const url = `${stack.url}/live/`;
  const { page, console: lines } = await openPage(browser, url, { viewport: WIDTHS.phone });
  page.setDefaultTimeout(10_000);
  const close = opened.move();
  return {
    page,
    url,
    sql,
    lines,
    /** Opens a new request of the customer's, with providers that have these calls. */
    async request(calls: Record<string, string | null>, title = "A request") {
      const [{ id }] = await sql`
        insert into service_requests (title, user_id, service_needed, location)
        select ${title}, user_id, 'plumber', 'Greenville, SC' from service_requests limit 1
        returning id`;
      for (const [name, call_status] of Object.entries(calls)) {
        const call = call_status && { call_status, call_id: crypto.randomUUID() };
        const provider = { request_id: id, name, phone: "+15550100001", ...call };
        const [{ id: provider_id }] = await sql`
          insert into providers ${sql(provider)} returning id`;
        const step = { request_id: id, provider_id, step_name: `Call to ${name}`, status: "info" };
        if (call) await sql`insert into interaction_logs ${sql({ ...step, ...call })}`;
      }
      await page.goto(`${url}?request=${id}`);
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
    },
    /** Puts so many sentences of a conversation on record. */
    async says(name: string, sentences: number) {
      const transcript = Array.from({ length: sentences }, (_, at) => ({
        speaker: at % 2 ? "User" : "AI",
        text: `Sentence ${at + 1} of a conversation that goes on and on.`,
      }));
      await sql`update interaction_logs set transcript = ${sql.json(transcript)}
        where provider_id in (select id from providers where name = ${name})`;
      await sql`update providers set call_summary = 'They spoke.' where name = ${name}`;
    },
    [Symbol.asyncDispose]: () => close.disposeAsync(),
  };
}
