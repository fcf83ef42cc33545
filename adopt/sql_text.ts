/** A name as SQL wants it. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name)
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

// What could be a column's name, and cannot stand behind an alias's dot or in a list of columns unquoted.
const RESERVED = new Set(
  "all and any array as asc both case cast check collate column constraint create default desc distinct do else end for foreign from grant group having in initially into limit not null offset on only or order primary references returning select some table then to union unique user using when where window with"
    .split(" "),
);

/** A text as SQL wants it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `case VALUE when 'canceled' then 'failed' else VALUE end`; the value alone where nothing differs. */
export function translated(
  value: string,
  pairs: [from: string, to: string][],
  otherwise = value,
): string {
  const differing = pairs.filter(([from, to]) => from !== to);
  if (differing.length === 0) return otherwise;
  const cases = differing.map(([from, to]) => `when ${literal(from)} then ${literal(to)}`);
  const separator = cases.length > 1 ? "\n    " : " ";
  return [`case ${value}`, ...cases, `else ${otherwise}`].join(separator) +
    (cases.length > 1 ? "\n  end" : " end");
}

/** A list with commas, in lines of at most a hundred and some characters. */
export function wrapped(items: string[], indent: number): string {
  const lines = [""];
  for (const [i, item] of items.entries()) {
    const text = i < items.length - 1 ? `${item}, ` : item;
    if (lines.at(-1)!.length + text.length > 110) lines.push("");
    lines[lines.length - 1] += text;
  }
  return lines.map((line) => line.trimEnd()).join(`\n${" ".repeat(indent)}`);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
