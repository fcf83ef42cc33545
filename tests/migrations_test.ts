import assert from "node:assert/strict";
import { stampOf, wrongStamps } from "../local/migration_stamps.ts";

Deno.test("a migration is stamped when it is made, and sorts behind those that are committed", () => {
  const now = new Date("2026-11-25T10:00:00Z");
  assert.equal(stampOf(now), "20261125100000");
  const first = { name: "first", stamp: "20261120000000", committed: "20261121000000" };
  const second = { name: "second", stamp: "20261122000000", committed: "20261123000000" };
  assert.deepEqual(wrongStamps([first, second], now), []);
  assert.deepEqual(wrongStamps([first, { name: "new", stamp: "20261125095959" }], now), []);

  assert.deepEqual(wrongStamps([first, { name: "new", stamp: "20261125100001" }], now), [
    "new is stamped later than it was made: 20261125100000",
  ]);
  assert.deepEqual(wrongStamps([{ ...first, stamp: "20261121000001" }], now), [
    "first is stamped later than it was made: 20261121000000",
  ]);
  assert.deepEqual(wrongStamps([first, second, { name: "new", stamp: "20261121120000" }], now), [
    "new sorts before second, which was committed before it",
  ]);
  assert.deepEqual(wrongStamps([first, { ...second, stamp: "20261119000000" }], now), [
    "second sorts before first, which was committed before it",
  ]);
});
