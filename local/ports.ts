import { createServer } from "node:net";
import { StackError } from "./stack_error.ts";

/** Gives `wanted` back if it is free on loopback, and any free port for 0. */
export function freePort(wanted: number, flag: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "in use" : `not usable (${error.code})`;
      reject(new StackError(`Port ${wanted} is ${reason}. Choose another one with ${flag} PORT.`));
    });
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
