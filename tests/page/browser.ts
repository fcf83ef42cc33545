import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import process from "node:process";

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Debian's Chromium, or the one that CHROMIUM names. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ARGS });
}

/** A page of a session of its own, and all that its console said. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; console: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const lines: string[] = [];
  page.on("console", (message) => lines.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => lines.push(`thrown: ${error.message}`));
  await page.goto(url);
  return { page, console: lines };
}

/** A status that the page showed, and when. */
export interface Shown {
  name: string;
  status: string;
  at: number;
}

/** Notes every status that the page shows from here on, of the request and of its providers. */
export async function noteStatuses(page: Page): Promise<Shown[]> {
  const shown: Shown[] = [];
  await page.exposeFunction("note", (name: string, status: string) => {
    const last = shown.findLast((each) => each.name === name);
    if (last?.status !== status) shown.push({ name, status, at: Date.now() });
  });
  await page.evaluate(`
    const noteAll = () => {
      for (const element of document.querySelectorAll("[data-status]")) {
        const name = element.id || element.querySelector(".name").textContent;
        if (name) note(name, element.dataset.status);
      }
    };
    new MutationObserver(noteAll).observe(document, {
      subtree: true, childList: true, attributes: true, attributeFilter: ["data-status"],
    });
    noteAll();
  `);
  return shown;
}
