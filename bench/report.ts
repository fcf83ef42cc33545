import { cpus, release, totalmem, type } from "node:os";

/** One table of the report. */
export interface Table {
  title: string;
  /** What is measured, and how, in a line or two. */
  about: string;
  head: string[];
  rows: string[][];
}

/** How much to measure. */
export interface Size {
  /** Only see that everything runs. */
  quick: boolean;
}

const RESULTS = /(?<=<!-- results -->\n)[^]*(?=<!-- \/results -->)/;
const page = new URL("../docs/benchmarks.md", import.meta.url);

/** A table in Markdown. */
export function markdown({ title, about, head, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const table = [head, head.map(() => "---"), ...rows].map(line).join("\n");
  return `### ${title}\n\n${about}\n\n${table}\n`;
}

/** Puts the tables into `docs/benchmarks.md`, with the machine and the date. */
export async function write(tables: Table[]): Promise<void> {
  const machine =
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0].model}, ` +
    `${
      Math.round(totalmem() / 2 ** 30)
    } GB, ${type()} ${release()}, PostgreSQL 17, Deno ${Deno.version.deno}.`;
  const text = await Deno.readTextFile(page);
  const results = [machine + "\n", ...tables.map(markdown)].join("\n");
  await Deno.writeTextFile(page, text.replace(RESULTS, () => `${results}\n`));
}

/** A number with the digits that mean something. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "";
  if (Number.isInteger(value) || value >= 100) return Math.round(value).toLocaleString("en");
  return value.toPrecision(value < 0.1 ? 1 : value < 1 ? 2 : 3);
}
