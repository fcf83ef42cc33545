import assert from "node:assert/strict";
import { LastLines } from "../local/last_lines.ts";

Deno.test("of what the functions write, the local stack keeps the last lines, and knows which they are", () => {
  const log = new LastLines();
  const { lines } = log;
  for (let i = 0; i < 1_000_000; i++) log.push(`line ${i}`);
  assert(lines.length <= 20_000);
  assert(lines.length >= 10_000);
  assert.equal(lines.at(-1), "line 999999");
  assert.deepEqual(log.since(999_997), ["line 999997", "line 999998", "line 999999"]);
  assert.deepEqual(log.since(log.count), []);
  assert.equal(log.since(0).length, lines.length);
  log.push("x".repeat(10_000_000));
  assert(lines.at(-1)!.length <= 10_000);
});
