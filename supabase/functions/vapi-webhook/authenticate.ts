import { Problem } from "../_shared/problem.ts";
import { isOneOf } from "../_shared/request.ts";
import { requiredTokens } from "../_shared/settings.ts";

/** How old, or how far ahead of our clock, a signed message may be. */
const MAX_AGE_MS = 300_000;

/**
 * Lets a message pass that carries what is configured: with `VAPI_WEBHOOK_HMAC_SECRET` a signature,
 * else the `VAPI_WEBHOOK_TOKEN`, as a bearer token or as `X-Vapi-Secret`.
 *
 * @throws {Problem} `unauthorized`, where the log says which check failed, or `not_configured`.
 */
export async function authenticate(headers: Headers, body: Uint8Array): Promise<void> {
  const secret = Deno.env.get("VAPI_WEBHOOK_HMAC_SECRET");
  const failure = secret
    ? await signatureFailure(headers, body, secret)
    : await tokenFailure(headers, requiredTokens("VAPI_WEBHOOK_TOKEN"));
  if (failure) {
    throw new Problem("unauthorized", "The message does not carry what this webhook asks for.", {
      headers: { "WWW-Authenticate": "Bearer" },
      reason: failure,
    });
  }
}

async function tokenFailure(headers: Headers, tokens: string[]): Promise<string | undefined> {
  const bearer = /^Bearer +(.+)$/i.exec(headers.get("Authorization") ?? "")?.[1].trim();
  const given = bearer ?? headers.get("X-Vapi-Secret");
  if (!given) return "no token";
  return await isOneOf(given, tokens) ? undefined : "wrong token";
}

async function signatureFailure(
  headers: Headers,
  body: Uint8Array,
  secret: string,
): Promise<string | undefined> {
  const signatureHeader = Deno.env.get("VAPI_WEBHOOK_SIGNATURE_HEADER") || "x-signature";
  const timestampHeader = Deno.env.get("VAPI_WEBHOOK_TIMESTAMP_HEADER") ?? "x-timestamp";

  const signature = headers.get(signatureHeader);
  if (!signature) return `no header ${signatureHeader}`;
  const hex = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(signature)?.[1];
  if (!hex) return `the header ${signatureHeader} is no SHA-256 in hex`;

  let signed = body;
  if (timestampHeader) {
    const timestamp = headers.get(timestampHeader);
    if (!timestamp) return `no header ${timestampHeader}`;
    const age = Math.abs(Date.now() - millisecondsOf(timestamp));
    if (!(age <= MAX_AGE_MS)) return `the timestamp is not of the last ${MAX_AGE_MS / 1000} s`;
    signed = concatenated(new TextEncoder().encode(`${timestamp}.`), body);
  }

  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const given = Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
  const matches = await crypto.subtle.verify("HMAC", key, given, signed as BufferSource);
  return matches ? undefined : "the signature does not match";
}

/** Of seconds or milliseconds since 1970, or of ISO 8601; NaN for anything else. */
function millisecondsOf(timestamp: string): number {
  if (!/^\d+(\.\d+)?$/.test(timestamp)) return Date.parse(timestamp);
  const number = Number(timestamp);
  return number < 1e11 ? number * 1000 : number;
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
