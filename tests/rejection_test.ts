import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { startTestStack, TOKEN } from "./support/stack.ts";

const NOBODY = "00000000-0000-4000-8000-000000000000";

Deno.test("save-call-result refuses clearly, and keeps what it refuses", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest, stack } = testStack;
  const url = `${stack.url}/functions/v1/save-call-result`;
  const { id, providers: [provider] } = await newRequest();
  const { id: otherId, providers: [otherProvider] } = await newRequest();
  const { success } = originalBodies(provider, id);

  /** Asserts the whole problem, and that its delivery is kept with `payload`, or not kept at all. */
  async function assertProblem(
    response: Response,
    status: number,
    code: string,
    payload?: unknown,
  ): Promise<Record<string, unknown>> {
    const problem = await response.json();
    assert.equal(response.status, status, JSON.stringify(problem));
    assert.equal(response.headers.get("Content-Type"), "application/problem+json");
    assert.equal(problem.code, code);
    assert.equal(problem.status, status);
    assert.equal(problem.retryable, status >= 500);
    assert(problem.title && problem.detail);
    assert.equal("rejectedId" in problem, payload !== undefined);
    if (payload !== undefined) {
      const [row] = await sql`select * from rejected_call_results where id = ${problem.rejectedId}`;
      assert.equal(row.code, code);
      assert.equal(row.source, "kestra");
      assert.deepEqual(row.payload, payload);
      assert(row.issues[0].message);
    }
    return problem;
  }

  await test.step("405 method_not_allowed, with Allow", async () => {
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      const response = await fetch(url, { method });
      assert.equal(response.headers.get("Allow"), "POST");
      await assertProblem(response, 405, "method_not_allowed");
    }
  });

  await test.step("401 unauthorized, for no token, a wrong one, an empty one, another scheme", async () => {
    for (const header of ["", "Bearer", "Bearer ", "Bearer wrong", `Basic ${TOKEN}`, "Bearer ,"]) {
      await assertProblem(await post(success, { Authorization: header }), 401, "unauthorized");
    }
  });

  await test.step("415 unsupported_media_type, for another type and for compressed bodies", async () => {
    const broken: Record<string, string>[] = [
      { "Content-Type": "text/plain" },
      { "Content-Type": "" },
      { "Content-Encoding": "gzip" },
    ];
    for (const headers of broken) {
      await assertProblem(await post(success, headers), 415, "unsupported_media_type");
    }
    const response = await post("{", { "Content-Type": "Application/JSON; charset=utf-8" });
    await assertProblem(response, 400, "invalid_json", "{");
  });

  await test.step("413 payload_too_large, one byte over 1 MiB, with and without a length", async () => {
    const body = " ".repeat(1024 * 1024 + 1);
    await assertProblem(await post(body), 413, "payload_too_large");
    const streamed = await fetch(url, {
      method: "POST",
      headers: { "Authorization": `Bearer ${TOKEN}`, "Content-Type": "application/json" },
      body: new Blob([body]).stream(),
    });
    await assertProblem(streamed, 413, "payload_too_large");
  });

  await test.step("400 invalid_json, for what is no JSON or no UTF-8", async () => {
    await assertProblem(await post("{"), 400, "invalid_json", "{");
    await assertProblem(await post(""), 400, "invalid_json", "");
    await assertProblem(await post("a\0b"), 400, "invalid_json", "a\uFFFDb");
    const latin1 = new Uint8Array([0x22, 0xe9, 0x22]);
    await assertProblem(await post(latin1), 400, "invalid_json", '"é"');
  });

  await test.step("422 invalid_payload, with an issue for each id, or status, that is wrong", async () => {
    const body = {
      providerId: "x",
      serviceRequestId: id,
      callResult: { status: "done", cost: -1 },
    };
    const problem = await assertProblem(await post(body), 422, "invalid_payload", body);
    assert.deepEqual(problem.issues, [
      { path: "providerId", message: "Invalid input: expected a UUID" },
      {
        path: "callResult.status",
        message:
          'Invalid option: expected one of "queued"|"in_progress"|"timeout"|"error"|"completed"|"no_answer"|"voicemail"|"busy"|"canceled"|"failed"',
      },
    ]);
  });

  await test.step("422 invalid_payload, without a call id where one is needed, or with one that is none", async () => {
    const { callId: _, ...withoutCall } = success.callResult;
    for (
      const callResult of [
        withoutCall,
        ...["x".repeat(256), 7, {}, " "].map((callId) => ({ ...withoutCall, callId })),
      ]
    ) {
      const body = { ...success, callResult };
      const problem = await assertProblem(await post(body), 422, "invalid_payload", body);
      assert.equal((problem.issues as { path: string }[])[0].path, "callResult.callId");
    }
  });

  await test.step("422 invalid_payload, for JSON that is no object", async () => {
    for (const body of ["null", "[]", '"text"', "7", "true"]) {
      await assertProblem(await post(body), 422, "invalid_payload", JSON.parse(body));
    }
    const deep = '{"callResult":' + "[".repeat(10_000) + "]".repeat(10_000) + "}";
    const kept = JSON.parse('{"callResult":' + "[".repeat(98) + "[null]" + "]".repeat(98) + "}");
    await assertProblem(await post(deep), 422, "invalid_payload", kept);
    const key = "k".repeat(256);
    await assertProblem(
      await post(success, { "Idempotency-Key": key }),
      422,
      "invalid_payload",
      success,
    );
  });

  await test.step("404 unknown_provider", async () => {
    const body = { ...success, providerId: NOBODY };
    await assertProblem(await post(body), 404, "unknown_provider", body);
  });

  await test.step("409 wrong_request", async () => {
    const body = { ...success, serviceRequestId: otherId };
    await assertProblem(await post(body), 409, "wrong_request", body);
  });

  await test.step("409 wrong_call", async () => {
    assert.equal((await post(success)).status, 200);
    const body = { ...success, providerId: otherProvider, serviceRequestId: otherId };
    await assertProblem(await post(body), 409, "wrong_call", body);
  });

  await test.step("the same body again is the same row", async () => {
    const body = { ...success, providerId: NOBODY, again: true };
    const first = await (await post(body)).json();
    const second = await (await post(JSON.stringify(body, null, 2))).json();
    assert.equal(second.rejectedId, first.rejectedId);
    const [row] = await sql`select * from rejected_call_results where id = ${first.rejectedId}`;
    assert.equal(row.attempts, 2);
  });

  await test.step("the Idempotency-Key is kept with its delivery", async () => {
    const body = { ...success, providerId: NOBODY, keyed: true };
    const { rejectedId } = await (await post(body, { "Idempotency-Key": "run-7" })).json();
    const [row] = await sql`select * from rejected_call_results where id = ${rejectedId}`;
    assert.equal(row.idempotency_key, "run-7");
  });

  await test.step("a refused delivery writes nothing else", async () => {
    const logs = await sql`select from interaction_logs where request_id in (${id}, ${otherId})`;
    assert.equal(logs.length, 1);
  });
});
