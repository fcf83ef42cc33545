import assert from "node:assert/strict";
import type { Bench } from "../bench.ts";
import { flow } from "../flows.ts";
import { evaluate } from "../programs.ts";

const longest = 40;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What stands at the edge of a name. */
const edges = {
  letter: "ø",
  emoji: "😀",
  "with a skin": "👍🏽",
  "with a variation selector": "❤️",
  keycap: "1️⃣",
  family: "👨‍👩‍👧‍👦",
  flag: "🇳🇴",
  "two flags": "🇳🇴🇸🇪",
  "flag of tags": "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
  "combining marks": "e\u0301\u0323",
  "letter beyond the BMP, with a mark": "𝒆\u0301",
  "line break": "\n",
};

/** The name that Vapi is told. */
export const names: Record<string, (bench: Bench) => Promise<void>> = {
  async "a name of more than 40 UTF-16 units is cut between two characters, as a reader sees them"(
    bench,
  ) {
    const table = Object.values(edges).flatMap((edge) =>
      Array.from(
        { length: 16 },
        (_, i) => "a".repeat(longest - 14 + i) + edge + " and Sons".repeat(3),
      )
    ).concat("😀".repeat(50), "🇳🇴".repeat(20), "Ærlig", " ", "👨‍👩‍👧‍👦".repeat(9));
    const sent = await customersOf(bench, table);
    sent.forEach((name, i) => assert.equal(name, shortened(table[i])));
  },

  async "of marks without end as many are sent as fit"(bench) {
    const table = [
      "e" + "\u0301".repeat(90),
      "👍" + "🏽".repeat(50),
      "👩" + "\u200d👩".repeat(50),
    ];
    const sent = await customersOf(bench, table);
    sent.forEach((name, i) => {
      assert(name.length > 0 && name.length <= longest && name.isWellFormed(), name);
      assert(table[i].startsWith(name), name);
    });
  },

  async "a name of emoji reaches Vapi"(bench) {
    const provider = { ...bench.provider(), name: "😀".repeat(30) };
    const execution = await bench.contact([provider]);
    assert.deepEqual(execution.outputs?.endings, { completed: 1 });
    assert.equal(bench.callTo(provider)?.request.customer?.name, "😀".repeat(20));
  },
};

async function customersOf(bench: Bench, table: string[]): Promise<string[]> {
  const customers = await evaluate<{ number: string; name: string }>(
    bench,
    await flow("contact_provider"),
    "customer",
    table.map((name) => ({ name, phone: "+15550100001" })),
  );
  assert(customers.every(({ number }) => number === "+15550100001"));
  return customers.map(({ name }) => name);
}

function shortened(name: string): string {
  let short = "";
  for (const { segment } of graphemes.segment(name)) {
    if (short.length + segment.length > longest) break;
    short += segment;
  }
  return short;
}
