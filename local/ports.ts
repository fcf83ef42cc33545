import { createServer } from "node:net";
import { StackError } from "./stack_error.ts";

/** Below what systems give to outgoing connections, which could take a port before we listen on it. */
const FIRST = 20_000;
const COUNT = 12_000;

/** Gives `wanted` back if it is free on loopback, and any free port for 0. */
export async function freePort(wanted: number, flag: string, tries = 20): Promise<number> {
  if (wanted !== 0) return await tryPort(wanted, flag);
  try {
    return await tryPort(FIRST + Math.floor(Math.random() * COUNT), flag);
  } catch (error) {
    if (tries <= 1) throw error;
    return await freePort(0, flag, tries - 1);
  }
}

function tryPort(port: number, flag: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "in use" : `not usable (${error.code})`;
      reject(new StackError(`Port ${port} is ${reason}. Choose another one with ${flag} PORT.`));
    });
    server.listen(port, "127.0.0.1", () => {
      server.close(() => resolve(port));
    });
  });
}
