/**
 * Serves the edge functions named on the command line as `/NAME`, in a process of their own. Ends
 * when its standard input does: the gateway is gone then, however it went.
 */
import process from "node:process";

type EdgeFunction = { fetch(request: Request): Promise<Response> | Response };

const [folder, port, ...names] = Deno.args;

Object.assign(globalThis, { EdgeRuntime: { waitUntil: (work: Promise<unknown>) => work } });
process.stdin.on("end", () => Deno.exit()).resume();

const functions = new Map(
  await Promise.all(names.map(async (name) => [name, await load(name)] as const)),
);

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  onListen: (address) => console.log(`functions listening on ${address.port}`),
}, (request) => {
  const name = new URL(request.url).pathname.split("/")[1];
  const edgeFunction = functions.get(name);
  if (edgeFunction) return edgeFunction.fetch(request);
  return functions.has(name)
    ? problem(503, "BOOT_ERROR", "Function failed to start (please check logs)")
    : problem(404, "NOT_FOUND", "Requested function was not found");
});

async function load(name: string): Promise<EdgeFunction | undefined> {
  try {
    return (await import(new URL(`${name}/index.ts`, folder).href)).default;
  } catch (error) {
    console.log(`function ${name} does not start: ${error}`);
  }
}

function problem(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status });
}
