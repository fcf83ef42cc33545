import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT } from "../../local/stack.ts";
import { SUPABASE_CLI_VERSION, supabaseCli } from "../../local/supabase_cli.ts";

/** A command of the CLI that some file names, with the words that follow. */
interface Mention {
  at: string;
  version?: string;
  words: string[];
}

const cli = await supabaseCli();
const help = await helpOf([]);
const groups = [...help.matchAll(/^ {2}(\w[\w-]*)(?:, \w+)? {2,}/gm)].map(([, name]) => name);

Deno.test("every supabase command that a file names is one of the CLI's, with flags that it knows", async (test) => {
  const mentions = await mentionsIn(await filesOfProject());
  assert(mentions.length > 20, `${mentions.length} mentions`);
  for (const { at, version, words } of mentions) {
    await test.step(`${at}: ${words.join(" ")}`, async () => {
      if (version) assert.equal(version, SUPABASE_CLI_VERSION);
      assert.deepEqual(await unknownIn(words), []);
    });
  }
});

Deno.test("a command or a flag that is not the CLI's is named", async () => {
  assert.deepEqual(await unknownIn(["db", "pusch", "--remote"]), ["db pusch"]);
  assert.deepEqual(await unknownIn(["db", "reset", "--linked"]), ["--linked"]);
  assert.deepEqual(await unknownIn(["db", "push", "--remote=x", "--yes"]), []);
});

async function filesOfProject(): Promise<string[]> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard"],
    cwd: PROJECT,
  }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((name) => /\.(md|ts|sql|toml|ya?ml|example)$/.test(name) && !name.startsWith("tests/"));
}

/** What stands after `supabase` (in prose, also after a mere backtick), to the end of the line, the code or the command. */
async function mentionsIn(files: string[]): Promise<Mention[]> {
  const rest = `((?:${groups.join("|")})\\b[^\`&|;()\n]*)`;
  const inCode = new RegExp(`\\bsupabase(?:@(\\S+))? ${rest}`, "g");
  const bare = new RegExp(`(\`)(?=(?:db|functions|migrations?|secrets) )${rest}`, "g");
  const mentions = await Promise.all(files.map(async (file) => {
    const text = await Deno.readTextFile(join(PROJECT, file));
    const matches = [...text.matchAll(inCode), ...file.endsWith(".md") ? text.matchAll(bare) : []];
    return matches.map((match) => ({
      at: `${file}:${text.slice(0, match.index).split("\n").length}`,
      version: match[1] === "`" ? undefined : match[1],
      words: match[2].trim().split(/\s+/).map((word) => word.replace(/["',.:]+$/, "")),
    }));
  }));
  return mentions.flat();
}

/** What of a command the CLI's own help does not have. */
async function unknownIn(words: string[]): Promise<string[]> {
  const path = words.slice(0, 2).filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith("-"));
  const help = await helpOf(path);
  const usage = /^USAGE\n {2}supabase (.*)$/m.exec(help)![1];
  if (usage.includes("<subcommand>")) return [path.join(" ")];
  const known = new Set([...help.matchAll(/(?:^ {2}|, )(--?[\w-]+)/gm)].map(([, flag]) => flag));
  return words.filter((word) => word.startsWith("-"))
    .map((word) => word.split("=")[0])
    .filter((flag) => !known.has(flag));
}

async function helpOf(path: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(cli, {
    args: [...path, "--help"],
    env: { DO_NOT_TRACK: "1", SUPABASE_TELEMETRY_DISABLED: "1", NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout);
}
