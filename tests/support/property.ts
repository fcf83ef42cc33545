import fc from "fast-check";

/** `TEST_SCALE=20` tries twenty times as much: `deno task test:long`. */
const SCALE = Number(Deno.env.get("TEST_SCALE") ?? 1);

/** How much of something a test tries: `usual`, times what `TEST_SCALE` says. */
export function scaled(usual: number): number {
  return Math.ceil(usual * SCALE);
}

/**
 * Tries a promise on `runs` random cases. A case that breaks it is made as small as it gets, and
 * the error says how to try that one again.
 */
export async function holds<Case>(
  cases: fc.Arbitrary<Case>,
  promise: (one: Case) => Promise<void>,
  runs: number,
): Promise<void> {
  const seed = Number(
    Deno.env.get("PROPERTY_SEED") ?? crypto.getRandomValues(new Int32Array(1))[0],
  );
  // Making a case smaller takes its time, and whoever stops it should know the seed.
  console.log(`PROPERTY_SEED=${seed}`);
  const found = await fc.check(fc.asyncProperty(cases, promise), {
    numRuns: runs,
    seed,
    path: Deno.env.get("PROPERTY_PATH"),
  });
  if (!found.failed) return;
  throw new Error(
    `Broken by case ${found.numRuns} of ${runs}, made smaller ${found.numShrinks} times:\n` +
      `${fc.stringify(found.counterexample)}\n` +
      `Try it again with PROPERTY_SEED=${found.seed} PROPERTY_PATH=${found.counterexamplePath}`,
    { cause: found.errorInstance },
  );
}
