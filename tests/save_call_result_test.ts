import assert from "node:assert/strict";
import { originalBodies } from "./support/call_results.ts";
import { startTestStack } from "./support/stack.ts";

Deno.test("save-call-result saves what Kestra reports", async (test) => {
  await using testStack = await startTestStack();
  const { sql, post, newRequest } = testStack;

  await test.step("the success body of the original flow fills the provider's row", async () => {
    const { id, providers: [provider] } = await newRequest();
    const { success } = originalBodies(provider, id);
    const response = await post(success);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("Content-Type"), "application/json");
    assert.deepEqual(await response.json(), {
      outcome: "applied",
      providerId: provider,
      serviceRequestId: id,
      callId: success.callResult.callId,
      callStatus: "completed",
      requestStatus: "completed",
    });
    const [row] = await sql`select * from providers where id = ${provider}`;
    assert.deepEqual(
      { ...row, created_at: null, updated_at: null },
      {
        id: provider,
        request_id: id,
        name: "Provider 1",
        phone: null,
        call_status: "completed",
        call_id: success.callResult.callId,
        call_method: "kestra",
        call_result: { available: true, rate: null, notes: "Sí, 95 € 👍" },
        call_success_evaluation: "true",
        call_transcript: "AI: Are you free on Friday?\nUser: Yes, at nine.\n",
        call_summary: "Free on Friday at nine.",
        call_duration_minutes: "2.5",
        call_cost: "0.21",
        call_ended_reason: "customer-ended-call",
        call_error: null,
        call_recording_url: "https://storage.example.com/1.wav",
        called_at: new Date("2026-11-22T10:00:00.000Z"),
        created_at: null,
        updated_at: null,
      },
    );
    const logs = await sql`select * from interaction_logs where request_id = ${id}`;
    assert.equal(logs.length, 1);
    assert.deepEqual(logs[0].transcript, [
      { speaker: "AI", text: "Are you free on Friday?" },
      { speaker: "User", text: "Yes, at nine." },
    ]);
    assert.equal(logs[0].detail, "Free on Friday at nine.");
  });

  await test.step("the timeout body of the original flow is provisional", async () => {
    const { id, providers: [provider] } = await newRequest();
    const answer = await (await post(originalBodies(provider, id).timeout)).json();
    assert.equal(answer.callStatus, "timeout");
    const [log] = await sql`select * from interaction_logs where request_id = ${id}`;
    assert.equal(log.status, "warning");
    assert.equal(log.detail, "Call did not complete within 5 minutes");
    const [row] = await sql`select call_error from providers where id = ${provider}`;
    assert.equal(row.call_error, "Call did not complete within 5 minutes");
  });

  await test.step("without a message, a timeout says how the call was last seen", async () => {
    const { id, providers: [provider] } = await newRequest();
    await post(event(provider, id, { status: "timeout", lastKnownStatus: "in-progress" }));
    const [log] = await sql`select * from interaction_logs where request_id = ${id}`;
    assert.equal(log.detail, "No result came in time; the call was last seen in-progress.");
  });

  await test.step("the error body of the original flow needs no call id", async () => {
    const { id, providers: [provider] } = await newRequest();
    const answer = await (await post(originalBodies(provider, id).error)).json();
    assert.equal(answer.outcome, "applied");
    assert.equal(answer.callId, null);
    assert.equal(answer.requestStatus, "failed");
    const [row] = await sql`select * from providers where id = ${provider}`;
    assert.equal(row.call_error, "Vapi refused the call: HTTP 400");
  });

  await test.step("queued, in_progress, completed walk provider and request, with three log rows", async () => {
    const { id, providers: [provider] } = await newRequest(2);
    const seen: unknown[] = [];
    for (const status of ["queued", "in_progress", "completed"]) {
      const answer = await (await post(event(provider, id, { status }))).json();
      seen.push([answer.outcome, answer.callStatus, answer.requestStatus]);
    }
    assert.deepEqual(seen, [
      ["applied", "queued", "calling"],
      ["applied", "in_progress", "calling"],
      ["applied", "completed", "completed"],
    ]);
    const logs = await sql`
      select call_status from interaction_logs where request_id = ${id} order by created_at`;
    assert.deepEqual(logs.map((log) => log.call_status), ["queued", "in_progress", "completed"]);
  });

  await test.step("the same delivery again answers duplicate and writes nothing", async () => {
    const { id, providers: [provider] } = await newRequest();
    const { success } = originalBodies(provider, id);
    await post(success);
    const [before] = await sql`select ctid, * from providers where id = ${provider}`;
    assert.equal((await (await post(success)).json()).outcome, "duplicate");
    const [after] = await sql`select ctid, * from providers where id = ${provider}`;
    assert.deepEqual(after, before);
  });

  await test.step("a voicemail that Kestra reports as completed is saved as voicemail", async () => {
    const { id, providers: [provider] } = await newRequest();
    const answer = await (await post(
      event(provider, id, { status: "completed", endedReason: "voicemail" }),
    )).json();
    assert.equal(answer.callStatus, "voicemail");
  });

  await test.step("nulls and empty strings count as absent", async () => {
    const { id, providers: [provider] } = await newRequest();
    const response = await post(event(provider, id, {
      status: "completed",
      createdAt: "",
      startedAt: null,
      endedAt: "",
      duration: null,
      endedReason: "",
      cost: null,
      transcript: "",
      messages: null,
      recordingUrl: "",
      analysis: { summary: "", structuredData: {}, successEvaluation: null },
      provider: null,
      request: null,
      error: "",
    }));
    assert.equal(response.status, 200);
    const [row] = await sql`
      select num_nonnulls(call_result, call_success_evaluation, call_transcript, call_summary,
        call_duration_minutes, call_cost, call_ended_reason, call_error, call_recording_url, called_at) as filled
      from providers where id = ${provider}`;
    assert.equal(row.filled, 0);
  });

  await test.step("the duration is computed where it is absent, a verdict may be a boolean or a number", async () => {
    const { id, providers: [provider] } = await newRequest();
    await post(event(provider, id, {
      status: "completed",
      startedAt: "2026-11-22T10:00:00Z",
      endedAt: "2026-11-22T11:01:30+01:00",
      analysis: { successEvaluation: false },
      messages: [{ role: "assistant", message: "Hello" }, { role: "user", message: "Hi" }],
    }));
    const [row] = await sql`select * from providers where id = ${provider}`;
    assert.equal(row.call_duration_minutes, "1.5");
    assert.equal(row.call_success_evaluation, "false");
    assert.equal(row.call_transcript, "AI: Hello\nUser: Hi");
    assert.equal(row.called_at.toISOString(), "2026-11-22T10:00:00.000Z");
  });

  await test.step("a call that ended before it started has no duration, and JSON's null is no data", async () => {
    const { id, providers: [provider] } = await newRequest();
    await post(event(provider, id, {
      status: "completed",
      startedAt: "2026-11-22T10:00:00Z",
      endedAt: "2026-11-22T09:00:00Z",
      analysis: { structuredData: null },
    }));
    const [row] = await sql`select * from providers where id = ${provider}`;
    assert.equal(row.call_duration_minutes, null);
    assert.equal(row.call_result, null);
  });

  await test.step("messages of any shape, and ids with blanks around, cost nothing", async () => {
    const { id, providers: [provider] } = await newRequest();
    const response = await post(event(provider, id, {
      status: "completed",
      callId: ` ${provider} `,
      messages: [null, 1, "text", [], { role: 1 }, { role: "user", message: { no: "text" } }, {
        role: "user",
        message: "Hi",
      }],
    }));
    assert.equal((await response.json()).callId, provider);
    const [log] = await sql`select transcript from interaction_logs where request_id = ${id}`;
    assert.deepEqual(log.transcript, [{ speaker: "User", text: "Hi" }]);
    const many = await post(
      event(provider, id, { status: "completed", messages: Array(400_000).fill(1) }),
    );
    assert.equal(many.status, 200);
    await many.body?.cancel();
  });

  await test.step("the Idempotency-Key tells announcements apart", async () => {
    const { id, providers: [provider] } = await newRequest();
    const outcomes: string[] = [];
    for (const key of ["run-1", "run-1", "run-2", ""]) {
      const body = { providerId: provider, serviceRequestId: id, callResult: { status: "queued" } };
      outcomes.push((await (await post(body, { "Idempotency-Key": key })).json()).outcome);
    }
    assert.deepEqual(outcomes, ["applied", "duplicate", "superseded", "superseded"]);
  });

  await test.step("a body of 1 MiB is saved", async () => {
    const { id, providers: [provider] } = await newRequest();
    const body = event(provider, id, { status: "completed", transcript: "" });
    const room = 1024 * 1024 - JSON.stringify(body).length;
    body.callResult.transcript = "AI: " + "x".repeat(room - 4);
    assert.equal(JSON.stringify(body).length, 1024 * 1024);
    assert.equal((await post(body)).status, 200);
    const [row] = await sql`select length(call_transcript) from providers where id = ${provider}`;
    assert.equal(row.length, room);
  });
});

interface Body {
  providerId: string;
  serviceRequestId: string;
  callResult: Record<string, unknown>;
}

function event(providerId: string, serviceRequestId: string, callResult: object): Body {
  return {
    providerId,
    serviceRequestId,
    callResult: { callId: `call-${providerId}`, ...callResult },
  };
}
