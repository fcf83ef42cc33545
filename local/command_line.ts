import process from "node:process";
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { StackError } from "./stack_error.ts";

/** The options that a command was given; what it does not know it says in one line. */
export function readOptions<T extends ParseArgsOptionsConfig>(options: T) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new StackError(`${(error as Error).message.split(". ")[0]}. See --help.`);
  }
}

/** A port, as an option gives it. */
export function portNumber(flag: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new StackError(`${flag} ${text} is no port number.`);
}

/** How the user runs Deno, to be named in what is printed: through npx, or as it is installed. */
export const DENO = process.env.npm_command === "exec" ? "npx -y deno@2" : "deno";
