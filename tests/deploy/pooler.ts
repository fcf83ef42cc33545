/** A way to a Postgres under a name that the CLI takes for a pooler's. */
export interface Pooler extends Disposable {
  host: string;
}

/**
 * Listens where the CLI looks for a pooler: on port 5432, whatever the port it is told, and under a
 * host that has a domain and is no IP address to it. `127.54321` is both, and loopback to the
 * resolver (inet_aton(3)). One at random, so that others may run beside it; where loopback is
 * 127.0.0.1 alone, that.
 */
export function startPooler(dbPort: number): Pooler {
  const random = 65536 + crypto.getRandomValues(new Uint32Array(1))[0] % (2 ** 23);
  for (const number of [random, 1]) {
    const hostname = ["127", number >> 16, number >> 8 & 255, number & 255].join(".");
    let listener: Deno.Listener;
    try {
      listener = Deno.listen({ hostname, port: 5432 });
    } catch (error) {
      if (error instanceof Deno.errors.AddrNotAvailable) continue;
      throw error;
    }
    forward(listener, dbPort);
    return { host: `127.${number}`, [Symbol.dispose]: () => listener.close() };
  }
  throw new Error("There is no loopback address to listen on.");
}

async function forward(listener: Deno.Listener, port: number) {
  for await (const from of listener) {
    const to = await Deno.connect({ hostname: "127.0.0.1", port });
    // Either side may end it at any time.
    const both = [from.readable.pipeTo(to.writable), to.readable.pipeTo(from.writable)];
    Promise.allSettled(both);
  }
}
