import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { isTimely } from "../supabase/functions/vapi-webhook/authenticate.ts";
import { assertLastLog } from "./support/last_log.ts";
import { startTestStack } from "./support/stack.ts";

const BODY = JSON.stringify({ message: { type: "hang" } });
const seconds = () => Math.floor(Date.now() / 1000);

function sign(text: string, secret = "hmac-secret"): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

function signed(timestamp: number | string, body = BODY): Record<string, string> {
  return { "X-Timestamp": `${timestamp}`, "X-Signature": sign(`${timestamp}.${body}`) };
}

Deno.test("vapi-webhook lets in what carries the configured token or signature", async (test) => {
  await using testStack = await startTestStack();
  const { stack, postTo } = testStack;

  const statusOf = async (headers: Record<string, string>, body = BODY) => {
    const response = await postTo("vapi-webhook", body, headers);
    await response.body?.cancel();
    return response.status;
  };

  await test.step("nothing configured: 503 to everybody", async () => {
    await stack.restartFunctions({ VAPI_WEBHOOK_TOKEN: "", VAPI_WEBHOOK_HMAC_SECRET: "" });
    for (
      const headers of [
        {},
        { "X-Vapi-Secret": "" },
        { "Authorization": "Bearer x" },
        signed(seconds()),
      ]
    ) {
      assert.equal(await statusOf(headers as Record<string, string>), 503);
    }
    await assertLastLog(stack, "VAPI_WEBHOOK_TOKEN is missing");
  });

  await test.step("a token passes as bearer or as X-Vapi-Secret, and may be rotated", async () => {
    await stack.restartFunctions({ VAPI_WEBHOOK_TOKEN: "old-token,new-token" });
    for (const token of ["old-token", "new-token"]) {
      assert.equal(await statusOf({ "X-Vapi-Secret": token }), 200);
      assert.equal(await statusOf({ "Authorization": `Bearer ${token}` }), 200);
    }
  });

  await test.step("a right token opens beside whatever else a header carries", async () => {
    const right = "new-token";
    for (
      const headers of [
        { "Authorization": "Bearer wrong", "X-Vapi-Secret": right },
        { "Authorization": "Basic wrong", "X-Vapi-Secret": right },
        { "Authorization": `Bearer ${right}`, "X-Vapi-Secret": "wrong" },
        { "Authorization": `Bearer ${right}`, "X-Vapi-Secret": "" },
      ]
    ) assert.equal(await statusOf(headers), 200, JSON.stringify(headers));
  });

  await test.step("415 for a compressed body, to whoever may enter; what type it says it has does not matter", async () => {
    const others: Record<string, string>[] = [
      { "Content-Encoding": "gzip" },
      { "Content-Encoding": "br" },
    ];
    for (const headers of others) {
      assert.equal(await statusOf({ "X-Vapi-Secret": "new-token", ...headers }), 415);
      assert.equal(await statusOf(headers), 401);
    }
    for (const type of ["text/plain", "application/json; charset=utf-8", ""]) {
      const headers = { "X-Vapi-Secret": "new-token", "Content-Type": type };
      assert.equal(await statusOf(headers), 200, type);
    }
  });

  await test.step("no token, an empty one, a wrong one: 401, and the log says which", async () => {
    for (
      const [headers, reason] of [
        [{}, "no token"],
        [{ "X-Vapi-Secret": "" }, "no token"],
        [{ "Authorization": "Bearer " }, "no token"],
        [{ "Authorization": "Basic new-token" }, "no token"],
        [{ "X-Vapi-Secret": "wrong" }, "wrong token"],
        [{ "X-Vapi-Secret": "old-token,new-token" }, "wrong token"],
        [{ "Authorization": "Bearer wrong", "X-Vapi-Secret": "wrong, too" }, "wrong token"],
      ] as [Record<string, string>, string][]
    ) {
      assert.equal(await statusOf(headers), 401, JSON.stringify(headers));
      await assertLastLog(stack, `"reason":${JSON.stringify(reason)}`);
    }
  });

  await test.step("with an HMAC secret the signature over timestamp and raw body is required", async () => {
    await stack.restartFunctions({
      VAPI_WEBHOOK_TOKEN: "new-token",
      VAPI_WEBHOOK_HMAC_SECRET: "hmac-secret",
    });
    assert.equal(await statusOf(signed(seconds())), 200);
    assert.equal(await statusOf(signed(Date.now())), 200);
    assert.equal(await statusOf(signed(new Date().toISOString())), 200);
    assert.equal(await statusOf(signed(seconds() - 290)), 200);

    const now = seconds();
    for (
      const [headers, reason] of [
        [{ "X-Vapi-Secret": "new-token" }, "no header x-signature"],
        [{ "X-Signature": sign(`${now}.${BODY}`) }, "no header x-timestamp"],
        [{ ...signed(now), "X-Timestamp": "soon" }, "the timestamp is not of the last 300 s"],
        [signed(now - 310), "the timestamp is not of the last 300 s"],
        [signed(now + 310), "the timestamp is not of the last 300 s"],
        [{ ...signed(now), "X-Timestamp": `${now - 1}` }, "the signature does not match"],
        [signed(now, BODY + " "), "the signature does not match"],
        [
          { ...signed(now), "X-Signature": sign(`${now}.${BODY}`, "wrong") },
          "the signature does not match",
        ],
        [{ ...signed(now), "X-Signature": "" }, "no header x-signature"],
        [{ ...signed(now), "X-Signature": "zz" }, "the header x-signature is no SHA-256 in hex"],
      ] as [Record<string, string>, string][]
    ) {
      assert.equal(await statusOf(headers), 401, reason);
      await assertLastLog(stack, `"reason":${JSON.stringify(reason)}`);
    }
  });

  await test.step("the headers' names are settings, and without a timestamp header the body alone is signed", async () => {
    await stack.restartFunctions({
      VAPI_WEBHOOK_HMAC_SECRET: "hmac-secret",
      VAPI_WEBHOOK_SIGNATURE_HEADER: "x-my-signature",
      VAPI_WEBHOOK_TIMESTAMP_HEADER: "",
    });
    assert.equal(await statusOf({ "X-My-Signature": sign(BODY) }), 200);
    assert.equal(await statusOf({ "X-My-Signature": `sha256=${sign(BODY)}` }), 200);
    assert.equal(await statusOf({ "X-Signature": sign(BODY) }), 401);
    assert.equal(await statusOf(signed(seconds())), 401);
  });

  await test.step("no secret reaches the log", () => {
    const log = stack.functionLogs.join("\n");
    for (const secret of ["hmac-secret", "new-token", "old-token", sign(BODY)]) {
      assert(!log.includes(secret));
    }
  });
});

Deno.test("a signed timestamp counts for 300 seconds, before and after, however it is written", () => {
  const now = Date.parse("2026-11-22T10:00:00.000Z");
  const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
  const timely = [-300, -299.999, -1, 0, 1, 299.999, 300];
  const untimely = [-86_400, -301, -300.001, 300.001, 301, 86_400];
  for (const [offsets, expected] of [[timely, true], [untimely, false]] as const) {
    for (const offset of offsets) {
      const seconds = now / 1000 + offset;
      for (
        const written of [
          `${seconds}`,
          `${seconds * 1000}`,
          at(offset),
          at(offset).replace("Z", "+00:00"),
        ]
      ) assert.equal(isTimely(written, now), expected, `${written}, ${offset} s`);
    }
  }
  for (
    const nonsense of [
      ...["", " ", "now", "NaN", "Infinity", "-1", "1e3", "0x6565", "٣", "9".repeat(400)],
      ...[`${now / 1000} `, `-${now / 1000}`, `${now}ms`, `${now * 1000}`, `${now * 1e6}`],
      ...["2026-11-22", "2026-11-22T10:00:00", "22 Nov 2026 10:00:00 GMT", "2026-13-22T10:00:00Z"],
    ]
  ) assert.equal(isTimely(nonsense, now), false, nonsense);
});
