/** Measures save-call-result in a process of its own, with a Data API that answers at once: prints µs of CPU. */
import process from "node:process";
import { callBodies, transcript } from "./calls.ts";

const [bytes, requests] = Deno.args.map(Number);

Deno.env.set("CALL_RESULTS_TOKEN", "bench-token");
Deno.env.set("SUPABASE_URL", "http://127.0.0.1:1");
Deno.env.set("SUPABASE_SERVICE_ROLE_KEY", "key");
const print = console.log;
console.log = () => {};
globalThis.fetch = () =>
  Promise.resolve(Response.json({
    outcome: "applied",
    provider_id: crypto.randomUUID(),
    service_request_id: crypto.randomUUID(),
    call_id: "call",
    call_status: "completed",
    request_status: "completed",
  }));

const { default: edgeFunction } = await import("../supabase/functions/save-call-result/index.ts");
const completed = callBodies(crypto.randomUUID(), crypto.randomUUID())[2];
completed.callResult.transcript = "";
completed.callResult.transcript = transcript(bytes - JSON.stringify(completed).length - 100);
const body = new TextEncoder().encode(JSON.stringify(completed));

async function save(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const response = await edgeFunction.fetch(
      new Request("http://127.0.0.1/save-call-result", {
        method: "POST",
        headers: { "Authorization": "Bearer bench-token", "Content-Type": "application/json" },
        body,
      }),
    );
    await response.body?.cancel();
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
  }
}

await save(Math.ceil(requests / 2));
const before = process.cpuUsage();
await save(requests);
const { user, system } = process.cpuUsage(before);
print(JSON.stringify({ bytes: body.length, microseconds: (user + system) / requests }));
