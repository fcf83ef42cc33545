/** The older Deno that Supabase's runtime followed for long. */
const VERSION = "2.1.14";

/** Where its program is; npm brings it. */
export async function deno21(): Promise<string> {
  const { stdout, code } = await new Deno.Command("npx", {
    args: ["-y", `deno@${VERSION}`, "eval", "--no-config", "console.log(Deno.execPath())"],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`npx deno@${VERSION} does not run.`);
  return new TextDecoder().decode(stdout).trim();
}
