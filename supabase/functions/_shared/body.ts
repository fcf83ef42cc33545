import { Problem } from "./problem.ts";

/** With the 8 s that the Data API may take, this is less than the 20 s that Vapi waits for an answer. */
const MAX_BODY_MS = 10_000;
/** What an instance holds of bodies at once: of its 256 MB, a body that is parsed takes several times its size. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;
/** What Deno takes for each read, of however little. */
const READ_BYTES = 64 * 1024;

const heldFor = new WeakMap<Request, number>();
let heldInAll = 0;

/**
 * Reads a body of at most `limit` bytes, which {@link letGoOfBody} gives back. A larger one is
 * answered 413 without being kept; up to twice the limit it is read to its end, because a sender
 * who is cut off while it sends sees no answer.
 *
 * @throws {Problem} `payload_too_large`; `unavailable` for a body that breaks off, takes too long,
 * or comes while too many others are held.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = new Problem("payload_too_large", `Send a body of at most ${limit} bytes.`);
  if (Number(request.headers.get("Content-Length")) > 2 * limit) throw tooLarge;
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  hold(request, READ_BYTES);

  let isLate = false;
  const stop = () => reader.cancel().catch(() => {});
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, MAX_BODY_MS);
  // One buffer that grows: a body in chunks of a byte would be millions of them.
  let body: Uint8Array = new Uint8Array();
  let size = 0;
  try {
    for (;;) {
      const { done, value: chunk } = await read(reader);
      if (isLate) throw again("The body took too long.", "the body took too long");
      if (done) break;
      const end = size + chunk.length;
      if (end > 2 * limit) throw tooLarge;
      if (end > limit) {
        body = new Uint8Array();
        letGoOfBody(request);
      } else {
        if (end > body.length) body = grown(request, body, Math.min(limit, 2 * end));
        body.set(chunk, size);
      }
      size = end;
    }
    if (size > limit) throw tooLarge;
    return body.subarray(0, size);
  } finally {
    clearTimeout(timer);
    stop();
  }
}

/** How long, and how much, a body is still read that nobody wants. */
const MAX_UNWANTED_MS = 500;
const MAX_UNWANTED_BYTES = 8 * 1024 * 1024;

/**
 * Reads a body that nobody has read, and keeps nothing of it, for a moment: who is answered while it
 * sends is cut off by some versions of Deno, and sees no answer.
 */
export async function discardBody(request: Request): Promise<void> {
  if (!request.body || request.bodyUsed || request.body.locked) return;
  const reader = request.body.getReader();
  const stop = () => reader.cancel().catch(() => {});
  const timer = setTimeout(stop, MAX_UNWANTED_MS);
  try {
    for (let size = 0; size < MAX_UNWANTED_BYTES;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.length;
    }
  } catch {
    // It broke off: there is nobody left to be told.
  } finally {
    clearTimeout(timer);
    stop();
  }
}

/** Gives back what a request's body took: it was answered. */
export function letGoOfBody(request: Request): void {
  heldInAll -= heldFor.get(request) ?? 0;
  heldFor.delete(request);
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch {
    throw again("The body broke off before it was complete.", "the body broke off");
  }
}

function grown(request: Request, body: Uint8Array, size: number): Uint8Array {
  hold(request, size - body.length);
  const larger = new Uint8Array(size);
  larger.set(body);
  return larger;
}

function hold(request: Request, bytes: number): void {
  if (heldInAll + bytes > MAX_HELD_BYTES) {
    throw again("Too much is being sent at once.", "too many bodies at once");
  }
  heldInAll += bytes;
  heldFor.set(request, (heldFor.get(request) ?? 0) + bytes);
}

function again(what: string, reason: string): Problem {
  return new Problem("unavailable", `${what} Send it again.`, {
    headers: { "Retry-After": "1" },
    reason,
  });
}
