import { Problem } from "./problem.ts";

/** Answers 405 with `Allow` to every other method. */
export function allowMethod(request: Request, method: string): void {
  if (request.method !== method) {
    throw new Problem("method_not_allowed", `Send a ${method} request.`, {
      headers: { Allow: method },
    });
  }
}

/** Answers 401 unless the bearer token is one of `tokens`: several, while one is being replaced. */
export async function authorize(request: Request, tokens: string[]): Promise<void> {
  const given = /^Bearer +(.+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
  if (given === undefined || !(await isOneOf(given.trim(), tokens))) {
    throw new Problem("unauthorized", "Send the token as `Authorization: Bearer TOKEN`.", {
      headers: { "WWW-Authenticate": "Bearer" },
      reason: given === undefined ? "no bearer token" : "wrong bearer token",
    });
  }
}

/** Whether `given` is one of the tokens, in constant time. */
export async function isOneOf(given: string, tokens: string[]): Promise<boolean> {
  const digest = await sha256(given);
  let matches = false;
  for (const token of tokens) {
    const expected = await sha256(token);
    let difference = 0;
    for (let i = 0; i < digest.length; i++) difference |= digest[i] ^ expected[i];
    matches = difference === 0 || matches;
  }
  return matches;
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** Answers 415 to anything but JSON in plain, uncompressed bytes. */
export function expectJson(request: Request): void {
  expectUncompressed(request);
  const type = (request.headers.get("Content-Type") ?? "").split(";")[0].trim().toLowerCase();
  if (type !== "application/json") throw unsupported();
}

/** Answers 415 to compressed bytes. */
export function expectUncompressed(request: Request): void {
  const encoding = request.headers.get("Content-Encoding") || "identity";
  if (encoding.toLowerCase() !== "identity") throw unsupported();
}

function unsupported(): Problem {
  return new Problem(
    "unsupported_media_type",
    "Send the body with `Content-Type: application/json`, uncompressed.",
    { headers: { Accept: "application/json" } },
  );
}
