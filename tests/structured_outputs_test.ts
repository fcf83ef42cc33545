import fc from "fast-check";
import assert from "node:assert/strict";
import { readOutputs } from "../supabase/functions/_shared/structured_outputs.ts";

const quote = { name: "Quote", result: { day: "Friday", rate: 90 } };

Deno.test("a lone object is the structured data; several outputs are {name: result}", () => {
  assert.deepEqual(readOutputs({ a: quote }), { structuredData: quote.result });
  assert.deepEqual(readOutputs({ a: quote, b: { name: "Booked", result: false } }), {
    structuredData: { Quote: quote.result, Booked: false },
  });
  assert.deepEqual(readOutputs({ a: { name: "Booked", result: false } }), {
    structuredData: { Booked: false },
  });
  assert.deepEqual(readOutputs({ a: { name: "Days", result: ["Friday"] } }), {
    structuredData: { Days: ["Friday"] },
  });
});

Deno.test("a text named summary is the summary, what is named success_evaluation the verdict", () => {
  for (const name of ["summary", "Summary", "call_summary", "Call Summary"]) {
    assert.deepEqual(readOutputs({ a: quote, b: { name, result: "Friday." } }), {
      structuredData: quote.result,
      summary: "Friday.",
    });
  }
  for (
    const name of ["success_evaluation", "successEvaluation", "Success Evaluation - Pass/Fail"]
  ) {
    assert.deepEqual(readOutputs({ a: { name, result: false } }), { successEvaluation: false });
  }
  assert.deepEqual(readOutputs({ a: { name: "summary", result: { text: "Friday." } } }), {
    structuredData: { text: "Friday." },
  });
});

Deno.test("a name that repeats carries its id, and one that is missing is the id", () => {
  assert.deepEqual(
    readOutputs({ b: { name: "Rate", result: 1 }, a: { name: "Rate", result: 2 } }),
    {
      structuredData: { "Rate (a)": 2, "Rate (b)": 1 },
    },
  );
  assert.deepEqual(readOutputs({ a: { result: 1 }, b: { name: "", result: 2 } }), {
    structuredData: { a: 1, b: 2 },
  });
  assert.deepEqual(
    readOutputs({ a: { name: "Summary", result: "one" }, b: { name: "summary", result: "two" } }),
    { summary: "one", structuredData: { summary: "two" } },
  );
});

Deno.test("an output without a result has not been made, or has nothing to say", () => {
  for (const result of [null, undefined, "", " ", {}, []]) {
    assert.deepEqual(
      readOutputs({ a: { name: "Quote", result }, b: { name: "Notes", result } }),
      {},
    );
    assert.deepEqual(readOutputs({ a: quote, b: { name: "Notes", result } }), {
      structuredData: quote.result,
    });
  }
  for (const none of [undefined, null, "none", 7, {}, [], { a: null }, { a: "text" }, [null, 7]]) {
    assert.deepEqual(readOutputs(none), {});
  }
});

Deno.test("no result is lost, and a list of outputs says what a record says, in any order", () => {
  const name = fc.constantFrom(
    "Quote",
    "Notes",
    "summary",
    "Success Evaluation",
    "__proto__",
    "constructor",
  );
  const result = fc.oneof(
    fc.boolean(),
    fc.nat(),
    fc.constantFrom("words", null),
    fc.constant({ rate: 90 }),
  );
  const outputs = fc.uniqueArray(
    fc.record({ id: fc.stringMatching(/^[a-f]{1,3}$/), name, result }),
    {
      selector: ({ id }) => id,
      maxLength: 6,
    },
  );
  fc.assert(fc.property(outputs, (list) => {
    const record = Object.fromEntries(list.map(({ id, ...output }) => [id, output]));
    const read = readOutputs(record);
    assert.deepEqual(readOutputs(list), read);
    assert.deepEqual(readOutputs(Object.fromEntries(Object.entries(record).reverse())), read);
    const given = list.filter(({ result }) => result !== null).length;
    const data = read.structuredData as Record<string, unknown> | undefined;
    const isLone = data?.rate === 90;
    const kept = Number("summary" in read) + Number("successEvaluation" in read) +
      (isLone ? 1 : Object.keys(data ?? {}).length);
    assert.equal(kept, given);
  }));
});
