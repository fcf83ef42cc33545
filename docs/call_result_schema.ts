/**
 * Checks that `call-result.schema.json` is the JSON Schema of `save-call-result`'s body. With
 * `--write` it writes the file instead.
 */
import * as z from "zod/mini";
import { callResultSchema } from "../supabase/functions/_shared/call_result.ts";

const file = new URL("call-result.schema.json", import.meta.url);
const schema = {
  title: "save-call-result",
  description: "The body of POST /functions/v1/save-call-result.",
  ...z.toJSONSchema(callResultSchema, { io: "input" }),
};
const text = JSON.stringify(schema, null, 2) + "\n";

if (Deno.args.includes("--write")) {
  await Deno.writeTextFile(file, text);
} else if (await Deno.readTextFile(file) !== text) {
  console.error("call-result.schema.json is not what the contract says: deno task generate");
  Deno.exit(1);
}
