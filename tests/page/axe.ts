import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { npmFile } from "../../local/npm_package.ts";

interface AxeResults {
  violations: { id: string; nodes: { html: string }[] }[];
}

/** What axe-core finds against WCAG 2.2 AA and good practice. */
export async function objections(page: Page): Promise<string[]> {
  const manifest = await npmFile("npm:axe-core@4.14.1/package.json");
  await page.evaluate(await readFile(join(dirname(manifest), "axe.min.js"), "utf8"));
  const { violations } = await page.evaluate("axe.run()") as AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
