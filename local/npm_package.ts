import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const LOCK = fileURLToPath(new URL("npm_package.lock", import.meta.url));

const FIND = `
const specifier = Deno.args.at(-1);
await import(specifier, specifier.endsWith(".json") ? { with: { type: "json" } } : {});
console.log(import.meta.resolve(specifier));`;

/**
 * The file that a specifier names, such as `npm:axe-core@4.14.1/package.json`. For large packages that
 * `task start` does without: Deno loads at once all that deno.lock has, and these, which a lock file of
 * their own has, when they are asked for.
 */
export async function npmFile(specifier: string): Promise<string> {
  const flags = ["--no-config", `--lock=${LOCK}`, "--node-modules-dir=none"];
  const finding = spawn(
    Deno.execPath(),
    ["eval", "--quiet", ...flags, "--unstable-npm-lazy-caching", FIND, "--", specifier],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = once(finding, "close");
  const [stdout, stderr] = await Promise.all([text(finding.stdout), text(finding.stderr)]);
  const [code] = await ended;
  if (code !== 0) throw new Error(stderr.trim());
  return fileURLToPath(stdout.trim());
}
