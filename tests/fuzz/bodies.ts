/** Bodies that nobody should send: valid ones with something wrong in them, and bytes of any kind. */
import fc from "fast-check";
import { gzipSync } from "node:zlib";

/** JSON as text, which can say what no value can: huge numbers, half surrogates, a key twice. */
class Raw {
  constructor(readonly text: string) {}
}

const nested = (depth: number) => new Raw("[".repeat(depth) + "]".repeat(depth));
const objects = (depth: number) => new Raw('{"a":'.repeat(depth) + "1" + "}".repeat(depth));

const HOSTILE: unknown[] = [
  ...[null, true, false, [], {}, "", " ", 0, -1, 0.1, 1e308, 5e-324, Number.MAX_SAFE_INTEGER],
  ...["1e400", "-1e400", "1e-400", "-0", "123456789012345678901234567890", "0.".padEnd(2000, "9")]
    .map((text) => new Raw(text)),
  ...[
    "\\u0000",
    "a\\u0000b",
    "\\ud83d",
    "\\udc4d",
    "\\ud83d\\ud83d",
    "\\uffff",
    "\\u202e",
    "\\b\\f",
  ]
    .map((text) => new Raw(`"${text}"`)),
  ...[
    "__proto__",
    "constructor",
    "toString",
    "null",
    "undefined",
    "NaN",
    "'; drop table providers",
  ],
  ...["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301".repeat(200), "ﷺ", "\u2028\u2029\ufeff", "AI:\nUser:\n", "%00%s%n${7*7}{{7}}"],
  ...["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2026-02-30T00:00:00Z", "2026-11-22"],
  ...["2026-11-22T10:00:00+23:59", "2026-11-22T24:00:00Z", "1999-12-31T23:59:59.999Z", "-1", "12"],
  ...["+275760-09-13T00:00:00Z", "2099-12-31T23:59:59.999999999Z", "2000-01-01T00:00:00-14:00"],
  ...[{ toString: 1, valueOf: null }, { length: 1e9 }, [null, [null]], { role: {}, message: [] }],
  new Raw('{"__proto__":{"providerId":"x","status":"completed"}}'),
  new Raw('{"constructor":{"prototype":{"status":"completed"}}}'),
  ...[nested(99), nested(101), nested(20_000), objects(99), objects(5_000)],
  ...["x".repeat(256), "x".repeat(100_000), "\n".repeat(50_000), "AI: x\n".repeat(20_000)],
  Array(20_000).fill(null),
];

const KEYS = [
  "__proto__",
  "constructor",
  "",
  "\u0000",
  "\ud83d",
  "status",
  "call",
  "x".repeat(1000),
];

const mutation = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("replace", "replace", "replace", "remove", "add", "repeat", "string"),
  value: fc.constantFrom(...HOSTILE),
  key: fc.constantFrom(...KEYS),
  text: fc.string({ unit: "binary", maxLength: 50 }),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

/** One of `valid`, with up to three things wrong in it. */
export function mutated(valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.tuple(valid, fc.array(mutation, { maxLength: 3 })).map(([body, mutations]) => {
    const root = { body: structuredClone(body) };
    for (const one of mutations) mutate(root, one);
    return textOf(root.body) ?? "";
  });
}

type Container = Record<string, unknown>;

function mutate(root: Container, { at, how, value: hostile, key, text }: Mutation) {
  const places = placesIn(root);
  if (places.length === 0) return;
  const [container, name] = places[at % places.length];
  const value = hostile instanceof Raw ? hostile : structuredClone(hostile);
  if (how === "replace") container[name] = value;
  if (how === "string") container[name] = text;
  if (how === "remove") delete container[name];
  if (how === "add" && !Array.isArray(container)) {
    // As JSON.parse does it: `__proto__` becomes a key like any other.
    Object.defineProperty(container, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  if (how === "repeat" && !Array.isArray(container)) {
    container[name] = new Raw(
      `${textOf(container[name])},${JSON.stringify(name)}:${textOf(value)}`,
    );
  }
}

/** Every place in a tree where a value stands. */
function placesIn(tree: unknown): [Container, string][] {
  if (typeof tree !== "object" || tree === null || tree instanceof Raw) return [];
  const names = Object.keys(tree).slice(0, 50);
  return names.flatMap((name): [Container, string][] => {
    const container = tree as Container;
    return [[container, name], ...placesIn(container[name])];
  });
}

function textOf(tree: unknown): string | undefined {
  if (tree instanceof Raw) return tree.text;
  if (Array.isArray(tree)) return `[${tree.map((each) => textOf(each) ?? "null").join(",")}]`;
  if (typeof tree !== "object" || tree === null) return JSON.stringify(tree);
  const entries = Object.entries(tree)
    .map(([name, value]) => [JSON.stringify(name), textOf(value)])
    .filter(([, text]) => text !== undefined);
  return `{${entries.map((entry) => entry.join(":")).join(",")}}`;
}

/** Bytes: any, or those of a valid body cut off, overwritten, preceded or squeezed. */
export function raw(valid: fc.Arbitrary<unknown>): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((some) => new Uint8Array(some));
  const whole = valid.map((body) => new TextEncoder().encode(JSON.stringify(body)));
  const at = fc.double({ min: 0, max: 1, noNaN: true });
  const cut = fc.tuple(whole, at).map(([all, share]) => all.slice(0, all.length * share));
  const overwritten = fc.tuple(whole, at, bytes).map(([all, share, some]) => {
    const changed = all.slice();
    changed.set(some.slice(0, all.length), Math.floor((all.length - some.length) * share) || 0);
    return changed;
  });
  const preceded = fc.tuple(
    fc.constantFrom([0xef, 0xbb, 0xbf], [0xff, 0xfe], [0x1f, 0x8b, 8, 0], [0], [0xc0, 0xaf]),
    whole,
  ).map(([mark, all]) => Uint8Array.from([...mark, ...all]));
  const squeezed = whole.map((all) => new Uint8Array(gzipSync(all)));
  return fc.oneof(bytes, cut, overwritten, preceded, squeezed);
}
