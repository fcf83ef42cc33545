import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Stack } from "../../local/stack.ts";

/**
 * Asserts that the last line that the functions logged holds a text. It comes through a pipe, and
 * so perhaps later than the answer that it is about.
 */
export async function assertLastLog({ functionLogs }: Pick<Stack, "functionLogs">, text: string) {
  const patience = Date.now() + 5_000;
  while (!functionLogs.at(-1)?.includes(text) && Date.now() < patience) await delay(10);
  assert(functionLogs.at(-1)?.includes(text), `${functionLogs.at(-1)} does not hold ${text}`);
}
