import assert from "node:assert/strict";
import { versionsOf } from "./support/versions.ts";
import { endOfCallReport, staleCall, statusUpdate } from "./support/vapi_messages.ts";
import { startWebhookStack } from "./support/webhook.ts";

Deno.test("vapi-webhook saves what Vapi reports of our calls", async (test) => {
  await using webhookStack = await startWebhookStack();
  const { sql, post, stack, send, saved, place, rowOf } = webhookStack;

  await test.step("a call walks its provider through queued, in_progress and its ending", async () => {
    const placed = await place();
    const seen: string[] = [];
    for (
      const message of [
        statusUpdate(placed, "scheduled"),
        statusUpdate(placed, "ringing"),
        statusUpdate(placed, "in-progress"),
        statusUpdate(placed, "forwarding"),
        endOfCallReport(placed),
      ]
    ) {
      const answer = await saved(message);
      seen.push(`${answer.outcome} ${answer.callStatus} ${answer.requestStatus}`);
    }
    assert.deepEqual(seen, [
      "applied queued calling",
      "duplicate queued calling",
      "applied in_progress calling",
      "duplicate in_progress calling",
      "applied completed completed",
    ]);
    const { created_at: _, updated_at: __, ...row } = await rowOf(placed);
    assert.deepEqual(row, {
      id: placed.providerId,
      request_id: placed.serviceRequestId,
      name: "Provider 1",
      phone: null,
      call_status: "completed",
      call_id: placed.callId,
      call_method: "kestra",
      call_result: { availability: "tomorrow", estimated_rate: "95 €" },
      call_success_evaluation: "true",
      call_transcript: "AI: Hello?\nUser: Sí, mañana a las 9 👍\n",
      call_summary: "They can come tomorrow at nine.",
      call_duration_minutes: "1",
      call_cost: "0.0931",
      call_ended_reason: "customer-ended-call",
      call_error: null,
      call_recording_url: "https://storage.example.com/mono.wav?sig=1",
      called_at: new Date("2026-08-20T10:00:00.000Z"),
    });
    const logs = await sql`
      select call_status, source, transcript from interaction_logs
      where provider_id = ${placed.providerId} order by created_at`;
    assert.deepEqual(logs.map((log) => [log.call_status, log.source]), [
      ["queued", "vapi_webhook"],
      ["in_progress", "vapi_webhook"],
      ["completed", "vapi_webhook"],
    ]);
    assert.deepEqual(logs[2].transcript, [
      { speaker: "AI", text: "Hello?" },
      { speaker: "User", text: "Sí, mañana a las 9 👍" },
    ]);
  });

  await test.step("a call is tied by its id where we know it, whatever request its metadata names", async () => {
    const placed = await place();
    await post({
      ...placed,
      callResult: { status: "queued", callId: placed.callId },
    });
    const call = staleCall({ ...placed, serviceRequestId: crypto.randomUUID() });
    assert.equal((await saved(endOfCallReport(placed, { call }))).providerId, placed.providerId);
    const withoutMetadata = { id: placed.callId, createdAt: call.createdAt };
    const again = await saved(endOfCallReport(placed, { call: withoutMetadata }));
    assert.equal(again.outcome, "duplicate");
  });

  await test.step("else by its metadata, in the documented order, and last by the external id", async () => {
    const [right, wrong] = [await place(), await place()];
    const metadata = { providerId: right.providerId, serviceRequestId: right.serviceRequestId };
    const decoy = { metadata: { ...metadata, providerId: wrong.providerId } };
    const call = (extra: object) => ({
      id: crypto.randomUUID(),
      createdAt: new Date().toISOString(),
      ...extra,
    });
    for (
      const changes of [
        { call: call({ metadata, assistantOverrides: decoy }), assistant: decoy },
        {
          call: call({ assistantOverrides: { metadata }, assistant: decoy }),
          assistant: decoy,
        },
        { call: call({ assistant: decoy }), assistant: { metadata } },
        { call: call({ assistant: { metadata }, customer: { externalId: wrong.providerId } }) },
        { call: call({ customer: { externalId: right.providerId } }) },
        { call: call({}), customer: { externalId: right.providerId } },
        { call: call({ metadata: { providerId: right.providerId } }) },
      ]
    ) {
      const answer = await saved(endOfCallReport(right, changes));
      assert.equal(answer.providerId, right.providerId, JSON.stringify(changes));
    }
  });

  await test.step("other messages, and calls of somebody else's, are ignored without a write", async () => {
    const stranger = { callId: crypto.randomUUID() };
    const before = await versionsOf(sql);
    const ignored: [unknown, string][] = [
      [{ message: { type: "hang", call: { id: "x" } } }, "message_type"],
      [{ message: { type: "speech-update", call: { id: "x" } } }, "message_type"],
      [{ message: { type: "a-type-of-next-year" } }, "message_type"],
      [
        { message: { type: "status-update", status: "not-found", call: { id: "x" } } },
        "call_status",
      ],
      [{ message: { type: "status-update" } }, "call_status"],
      [{ message: { type: "end-of-call-report" } }, "not_ours"],
      [{ message: { type: "end-of-call-report", call: { id: stranger.callId } } }, "not_ours"],
      [
        {
          message: {
            type: "status-update",
            status: "in-progress",
            call: { id: stranger.callId, assistantOverrides: { metadata: { providerId: 7 } } },
            customer: { externalId: crypto.randomUUID() },
          },
        },
        "not_ours",
      ],
    ];
    for (const [body, reason] of ignored) {
      const { warnings: _, ...answer } = await saved(body);
      assert.deepEqual(answer, { outcome: "ignored", reason });
    }
    assert.deepEqual(await versionsOf(sql), before);
  });

  await test.step("a call that says it is ours, and cannot be tied, is kept without secrets", async () => {
    const nobody = {
      callId: crypto.randomUUID(),
      providerId: crypto.randomUUID(),
      serviceRequestId: crypto.randomUUID(),
    };
    const response = await send(endOfCallReport(nobody));
    assert.equal(response.status, 404);
    const { code, rejectedId } = await response.json();
    assert.equal(code, "unknown_provider");
    const [row] = await sql`select * from rejected_call_results where id = ${rejectedId}`;
    assert.equal(row.source, "vapi_webhook");
    assert.equal(row.payload.message.call.id, nobody.callId);
    assert.equal(row.payload.message.analysis.summary, "They can come tomorrow at nine.");
    const kept = JSON.stringify(row);
    for (const secret of ["twilio-secret", "the whole prompt", "+15550101212", "+15550109999"]) {
      assert(!kept.includes(secret), secret);
    }

    const withoutId = endOfCallReport(nobody, { call: { ...staleCall(nobody), id: undefined } });
    assert.equal((await send(withoutId)).status, 422);

    const placed = await place();
    const wrongRequest = { ...placed, serviceRequestId: crypto.randomUUID() };
    assert.equal((await send(endOfCallReport(wrongRequest))).status, 409);
  });

  await test.step("what is no server message is answered 4xx, and of its bytes nothing is kept", async () => {
    const bodies: [string, number][] = [
      ["", 400],
      ['{"message":{"twilioAuthToken":"twilio-secret"', 400],
      ["null", 422],
      ["[]", 422],
      ['"text"', 422],
      ["{}", 422],
      ['{"message":null}', 422],
      ['{"message":[]}', 422],
      [`{"message":${"[".repeat(5000)}${"]".repeat(5000)}}`, 422],
    ];
    for (const [body, status] of bodies) {
      const response = await send(body);
      const { rejectedId } = await response.json();
      assert.equal(response.status, status, body.slice(0, 80));
      const [row] = await sql`select payload from rejected_call_results where id = ${rejectedId}`;
      assert.deepEqual(Object.keys(row.payload), ["bytes", "sha256"]);
    }
    // What can be read of a message without a type is worth trying again, once it has one.
    const { rejectedId } = await (await send(
      '{"message":{"type":7,"cost":0.2,"phoneNumber":{"twilioAuthToken":"twilio-secret"}}}',
    )).json();
    const [{ payload }] = await sql`
      select payload from rejected_call_results where id = ${rejectedId}`;
    assert.deepEqual(payload, { message: { cost: 0.2 } });
    const large = await send(" ".repeat(4 * 1024 * 1024 + 1));
    assert.equal(large.status, 413);
    await large.body?.cancel();
    const get = await fetch(`${stack.url}/functions/v1/vapi-webhook`);
    assert.equal(get.status, 405);
    await get.body?.cancel();
  });

  await test.step("late and doubled messages, beside Kestra's, in any order: the same rows", async () => {
    const endings = new Set<string>();
    for (let round = 0; round < 16; round++) {
      const placed = await place();
      const deliveries = [
        () => post({ ...placed, callResult: { status: "queued", callId: placed.callId } }),
        () => post({ ...placed, callResult: { status: "timeout", callId: placed.callId } }),
        () =>
          post({
            ...placed,
            callResult: {
              status: "completed",
              callId: placed.callId,
              endedReason: "silence-timed-out",
              createdAt: "2026-08-20T10:00:00.000Z",
              cost: 0,
            },
          }),
        () => send(statusUpdate(placed, "queued")),
        () => send(statusUpdate(placed, "in-progress")),
        () => send(statusUpdate(placed, "ended", "silence-timed-out")),
        () => send(endOfCallReport(placed, { endedReason: "silence-timed-out", analysis: {} })),
        () => send(endOfCallReport(placed, { endedReason: "silence-timed-out" })),
      ];
      // Every start, forwards and backwards, and all of it once more the other way round.
      const rotated = [...deliveries.slice(round % 8), ...deliveries.slice(0, round % 8)];
      const order = round < 8
        ? [...rotated, ...rotated.toReversed()]
        : [...rotated.toReversed(), ...rotated];
      for (const deliver of order) {
        const response = await deliver();
        assert.equal(response.status, 200);
        await response.body?.cancel();
      }
      const { id: _, request_id: __, call_id: ___, created_at: _c, updated_at: _u, ...row } =
        await rowOf(placed);
      const logs = await sql`
        select array_agg(call_status order by call_status) as statuses from interaction_logs
        where provider_id = ${placed.providerId}`;
      endings.add(JSON.stringify([row, logs]));
    }
    assert.equal(endings.size, 1, [...endings].slice(0, 2).join("\n"));
    assert.match([...endings][0], /"call_status":"completed".*"call_summary":"They can come/);
  });

  await test.step("a second report with another signed URL is the newer word", async () => {
    const placed = await place();
    await saved(endOfCallReport(placed));
    const url = "https://storage.example.com/mono.wav?sig=2";
    const answer = await saved(endOfCallReport(placed, { recordingUrl: url }));
    assert.equal(answer.outcome, "enriched");
    assert.equal((await rowOf(placed)).call_recording_url, url);
    const logs = await sql`select from interaction_logs where provider_id = ${placed.providerId}`;
    assert.equal(logs.length, 1);
  });
});
