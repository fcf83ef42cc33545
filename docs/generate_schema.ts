/** Prints the JSON Schema of `save-call-result`'s body, which `call-result.schema.json` holds. */
import * as z from "zod/mini";
import { callResultSchema } from "../supabase/functions/_shared/call_result.ts";

export const schema = {
  title: "save-call-result",
  description: "The body of POST /functions/v1/save-call-result.",
  ...z.toJSONSchema(callResultSchema, { io: "input" }),
};

if (import.meta.main) console.log(JSON.stringify(schema, null, 2));
