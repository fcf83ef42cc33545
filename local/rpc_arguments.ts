import type { IntrospectResult } from "@supabase/lite";

type Functions = NonNullable<IntrospectResult["functions"]>;

const RPC = /^\/rest\/v1\/rpc\/([^/]+)$/;

/**
 * Encodes an rpc's JSON strings once more where the parameter is json. `@supabase/lite` hands every
 * JSON argument to Postgres as text, but a string as it stands: `"x"` would arrive as `x`.
 */
export function encodeJsonStrings(
  request: Request,
  body: string | null,
  functions: Functions = [],
): string | null {
  const name = RPC.exec(new URL(request.url).pathname)?.[1];
  const isJson = request.headers.get("content-type")?.includes("json");
  if (!name || !body || !isJson) return body;
  return encode(body, jsonParameters(functions.filter((candidate) => candidate.name === name)));
}

function jsonParameters(functions: Functions): Set<string> {
  const isJson = (type: string) => type === "json" || type === "jsonb";
  return new Set(
    functions.flatMap((each) => each.arg_names.filter((_, at) => isJson(each.arg_types[at]))),
  );
}

function encode(body: string, parameters: Set<string>): string {
  try {
    return JSON.stringify(
      Object.fromEntries(
        Object.entries(JSON.parse(body)).map(([name, value]) => [
          name,
          typeof value === "string" && parameters.has(name) ? JSON.stringify(value) : value,
        ]),
      ),
    );
  } catch {
    return body; // not JSON: its refusal is not ours
  }
}
