import fc from "fast-check";
import assert from "node:assert/strict";
import { answered, send, WRITING } from "./fuzz/answers.ts";
import { mutated, raw } from "./fuzz/bodies.ts";
import { assertTheWay, installAudit } from "./history/audit.ts";
import { assertConsistent } from "./fuzz/consistent.ts";
import { originalBodies } from "./support/call_results.ts";
import { residentMemory } from "./support/memory.ts";
import { holds, scaled } from "./support/property.ts";
import { endOfCallReport, statusUpdate } from "./support/vapi_messages.ts";
import { startWebhookStack } from "./support/webhook.ts";

const AT_ONCE = 8;
const MB = 1024 * 1024;

Deno.test("no body, whatever its bytes, harms the functions or leaves half a result", async (test) => {
  await using testStack = await startWebhookStack();
  const { sql, stack, place } = testStack;
  await installAudit(sql);
  const calls = await Promise.all(Array.from({ length: 6 }, place));
  const placed = fc.constantFrom(...calls);
  const valid = {
    "save-call-result": placed.chain(({ callId, providerId, serviceRequestId }) => {
      const { success, timeout, error } = originalBodies(providerId, serviceRequestId);
      success.callResult.callId = timeout.callResult.callId = callId;
      return fc.constantFrom<unknown>(success, timeout, error);
    }),
    "vapi-webhook": placed.chain((placed) =>
      fc.constantFrom<unknown>(
        statusUpdate(placed, "in-progress"),
        statusUpdate(placed, "ended", "customer-busy"),
        endOfCallReport(placed),
      )
    ),
  };
  const startedAs = stack.functionsPid;
  const memory: number[] = [];
  let writing = 0;

  for (const [name, bodies] of Object.entries(valid)) {
    for (
      const [kind, body] of Object.entries<fc.Arbitrary<string | Uint8Array<ArrayBuffer>>>({
        mutated: mutated(bodies),
        raw: raw(bodies),
      })
    ) {
      await test.step(`${name}: ${kind} bodies are answered, and what is refused is kept`, async () => {
        const some = fc.array(body, { minLength: AT_ONCE, maxLength: AT_ONCE });
        await holds(some, async (bodies) => {
          for (
            const outcome of await Promise.all(
              bodies.map((body) => answered(testStack, name, body)),
            )
          ) if (outcome && WRITING.includes(outcome)) writing++;
        }, scaled(kind === "mutated" ? 70 : 40));
        memory.push(await residentMemory(stack.functionsPid));
      });
    }
  }

  await test.step("every result is whole, and nothing was written without a 200 that says so", async () => {
    await assertConsistent(sql);
    await assertTheWay(sql, calls.map(({ serviceRequestId }) => serviceRequestId), writing);
  });

  await test.step("the functions still run, in the same process", () => {
    assert.equal(stack.functionsPid, startedAs);
    assert(!stack.functionLogs.some((line) => line.includes("process ended")));
  });

  await test.step("their memory is bounded", async () => {
    const large = `{"message":"${"x".repeat(MB - 20)}"}`;
    /** The most that the process held, in MB, while so many bodies came. */
    const peak = async (bodies: number) => {
      for (let i = 0; i < bodies; i += 2) {
        const responses = await Promise.all(
          Object.keys(valid).map((name) => send(testStack, name, large)),
        );
        for (const response of responses) await response.body?.cancel();
        if (i % 40 === 0) memory.push(await residentMemory(stack.functionsPid));
      }
      return Math.max(...memory.splice(0)) / MB;
    };
    // At first the heap takes what it needs; what grows after that is not given back.
    const before = await peak(scaled(200));
    const after = await peak(scaled(200));
    assert(after - before < 60, `grew from ${before} to ${after} MB over ${scaled(200)} MB`);
  });
});
