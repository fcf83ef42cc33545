import { join } from "node:path";
import { PROJECT } from "../local/stack.ts";

const TEXT = await Deno.readTextFile(join(PROJECT, "supabase/schemas/50_adapter.sql"));

/** The statement that says what a function of the adapter has to do. */
export function commentOn(name: string): string {
  const comment = new RegExp(
    `^comment on function private\\.${name}\\([^)]*\\) is '(?:[^']|'')*';$`,
    "m",
  );
  const [statement] = comment.exec(TEXT) ?? [];
  if (!statement) throw new Error(`the adapter has no ${name}`);
  return statement;
}

/** Who may call the functions of the adapter. */
export const ACCESS = TEXT.slice(TEXT.lastIndexOf("\nrevoke all on function")).trim();
