import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import process from "node:process";
import type { Page } from "playwright-core";
import { objections } from "./axe.ts";

/** A phone, and a wide screen. */
export const WIDTHS = { phone: { width: 390, height: 844 }, wide: { width: 1280, height: 800 } };

/**
 * Looks at a state of the page on a phone and on a wide screen, light and dark: axe-core has no
 * objection, and nothing is wider than the screen. With SCREENSHOTS set, pictures go to that folder.
 */
export async function looksRight(page: Page, state: string): Promise<void> {
  for (const [name, viewport] of Object.entries(WIDTHS)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await objections(page), [], `${state}, ${name}, ${colorScheme}`);
      const width = await page.evaluate("document.documentElement.scrollWidth") as number;
      assert(width <= viewport.width, `${state}, ${name}: ${width} px wide`);
      const folder = process.env.SCREENSHOTS;
      if (!folder) continue;
      await mkdir(folder, { recursive: true });
      await page.screenshot({
        path: `${folder}/${state.replaceAll(" ", "-")}-${name}-${colorScheme}.png`,
      });
    }
  }
}
