import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { startTestStack } from "./support/stack.ts";

Deno.test("a status that the application added to requests is left alone", async () => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest } = testStack;
  const { id, providers: [provider] } = await newRequest();
  await sql`alter type request_status add value 'archived'`;
  await sql`update service_requests set status = 'archived' where id = ${id}`;
  const answer = await (await post(originalBodies(provider, id).success)).json();
  assert.equal(answer.requestStatus, "archived");
});
