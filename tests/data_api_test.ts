import assert from "node:assert/strict";
import { untilDataApiAnswers } from "./support/data_api.ts";

Deno.test("after an outage a test goes on once the Data API answers, or fails with its last answer", async () => {
  const keys: (string | null)[] = [];
  const answers = [500, 503, 502];
  await using server = Deno.serve({ port: 0, onListen: () => {} }, ({ headers }) => {
    keys.push(headers.get("apikey"));
    const status = answers.shift() ?? 200;
    return Response.json(`answer ${keys.length}`, { status });
  });
  const stack = { url: `http://127.0.0.1:${server.addr.port}`, secretKey: "secret" };

  await untilDataApiAnswers(stack);
  assert.deepEqual(keys, ["secret", "secret", "secret", "secret"]);

  answers.push(503);
  await assert.rejects(untilDataApiAnswers(stack, 0), /last answer: 503 "answer 5"/);
  await server.shutdown();
  await assert.rejects(untilDataApiAnswers(stack, 0), /last answer: TypeError/);
});
