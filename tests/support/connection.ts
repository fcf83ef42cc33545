/** A connection without a client's manners. */
export async function connect(url: string) {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  connection.setNoDelay();
  return {
    async write(data: string | Uint8Array) {
      let rest = typeof data === "string" ? new TextEncoder().encode(data) : data;
      while (rest.length > 0) rest = rest.slice(await connection.write(rest));
    },
    /** Sends no more, and still hears the answer. */
    end: () => connection.closeWrite(),
    async answer(): Promise<string> {
      const buffer = new Uint8Array(64 * 1024);
      const read = await connection.read(buffer);
      return new TextDecoder().decode(buffer.subarray(0, read ?? 0));
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** The head of a request with a JSON body of that length, or in chunks; `token` or other headers prove who sends it. */
export function head(
  name: string,
  token: string | Record<string, string>,
  length?: number,
): string {
  const proof = typeof token === "string" ? { Authorization: `Bearer ${token}` } : token;
  return [
    `POST /${name} HTTP/1.1`,
    "Host: functions",
    ...Object.entries(proof).map(([name, value]) => `${name}: ${value}`),
    "Content-Type: application/json",
    length === undefined ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`,
  ].join("\r\n") + "\r\n\r\n";
}
