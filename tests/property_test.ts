import fc from "fast-check";
import assert from "node:assert/strict";
import { holds } from "./support/property.ts";

Deno.test("a promise that random cases break names the smallest case, and how to try it again", async () => {
  const tried: number[] = [];
  const isSmall = (number: number) => {
    tried.push(number);
    return number < 1000 ? Promise.resolve() : Promise.reject(new Error(`${number} is not small`));
  };
  const broken = async () => {
    const error = await holds(fc.nat(), isSmall, 1000).then(() => undefined, (error) => error);
    assert(error instanceof Error);
    return error.message;
  };

  const message = await broken();
  assert.match(message, /\n\[1000\]\n/);
  const [, seed, path] = /PROPERTY_SEED=(\S+) PROPERTY_PATH=(\S+)$/.exec(message)!;
  const before = { seed: Deno.env.get("PROPERTY_SEED"), path: Deno.env.get("PROPERTY_PATH") };
  try {
    Deno.env.set("PROPERTY_SEED", seed);
    Deno.env.set("PROPERTY_PATH", path);
    tried.length = 0;
    assert.match(await broken(), /\n\[1000\]\n/);
    assert.equal(tried[0], 1000);
  } finally {
    for (const [name, value] of Object.entries(before)) {
      const variable = `PROPERTY_${name.toUpperCase()}`;
      if (value === undefined) Deno.env.delete(variable);
      else Deno.env.set(variable, value);
    }
  }
});
