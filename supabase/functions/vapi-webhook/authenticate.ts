import { Problem } from "../_shared/problem.ts";
import { isOneOf } from "../_shared/request.ts";
import { requiredTokens } from "../_shared/settings.ts";

/** How old, or how far ahead of our clock, a signed message may be. */
const MAX_AGE_MS = 300_000;

/** What is left to check of a message once its body is there. @throws {Problem} `unauthorized` */
export type Verify = (body: Uint8Array) => Promise<void>;

/**
 * Lets a message pass that carries what is configured: with `VAPI_WEBHOOK_HMAC_SECRET` a signature,
 * else the `VAPI_WEBHOOK_TOKEN`, as a bearer token or as `X-Vapi-Secret`. What the headers alone
 * can tell is told before anybody reads a body.
 *
 * @throws {Problem} `unauthorized`, where the log says which check failed, or `not_configured`.
 */
export async function authenticate(headers: Headers): Promise<Verify> {
  const secret = Deno.env.get("VAPI_WEBHOOK_HMAC_SECRET");
  if (secret) return signatureIn(headers, secret);
  await checkToken(headers, requiredTokens("VAPI_WEBHOOK_TOKEN"));
  return async () => {};
}

async function checkToken(headers: Headers, tokens: string[]): Promise<void> {
  const bearer = /^Bearer +(.+)$/i.exec(headers.get("Authorization") ?? "")?.[1].trim();
  // Vapi may send either of them, and an Authorization that is meant for somebody else.
  const given = [bearer, headers.get("X-Vapi-Secret")].filter((token) => token);
  if (given.length === 0) throw unauthorized("no token");
  for (const token of given) if (await isOneOf(token!, tokens)) return;
  throw unauthorized("wrong token");
}

function signatureIn(headers: Headers, secret: string): Verify {
  const signatureHeader = Deno.env.get("VAPI_WEBHOOK_SIGNATURE_HEADER") || "x-signature";
  const timestampHeader = Deno.env.get("VAPI_WEBHOOK_TIMESTAMP_HEADER") ?? "x-timestamp";

  const signature = headers.get(signatureHeader);
  if (!signature) throw unauthorized(`no header ${signatureHeader}`);
  const hex = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(signature)?.[1];
  if (!hex) throw unauthorized(`the header ${signatureHeader} is no SHA-256 in hex`);

  const timestamp = timestampHeader ? headers.get(timestampHeader) : undefined;
  if (timestampHeader) {
    if (!timestamp) throw unauthorized(`no header ${timestampHeader}`);
    if (!isTimely(timestamp, Date.now())) {
      throw unauthorized(`the timestamp is not of the last ${MAX_AGE_MS / 1000} s`);
    }
  }

  return async (body) => {
    const before = new TextEncoder().encode(timestamp ? `${timestamp}.` : "");
    const given = Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
    if (!await isSignature(given, concatenated(before, body), secret)) {
      throw unauthorized("the signature does not match");
    }
  };
}

async function isSignature(given: Uint8Array, signed: Uint8Array, secret: string) {
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  return await crypto.subtle.verify("HMAC", key, given as BufferSource, signed as BufferSource);
}

/** Whether a timestamp is of the last five minutes, or as far ahead: seconds or milliseconds since 1970, or ISO 8601. */
export function isTimely(timestamp: string, now: number): boolean {
  return Math.abs(now - millisecondsOf(timestamp)) <= MAX_AGE_MS;
}

/** NaN for nonsense. */
function millisecondsOf(timestamp: string): number {
  if (/^\d+(\.\d+)?$/.test(timestamp)) {
    const number = Number(timestamp);
    return number < 1e11 ? number * 1000 : number;
  }
  const isIso = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(timestamp);
  return isIso ? Date.parse(timestamp) : NaN;
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function unauthorized(reason: string): Problem {
  return new Problem("unauthorized", "The message does not carry what this webhook asks for.", {
    headers: { "WWW-Authenticate": "Bearer" },
    reason,
  });
}
