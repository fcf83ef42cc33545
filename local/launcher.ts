import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";

/** Ends when the `npx` that runs us has: it passes a SIGTERM to a shell that dies of it, no further. */
export async function npxEnded(): Promise<void> {
  if (process.env.npm_command !== "exec") return new Promise(() => {});
  const above = parentOf(process.ppid); // npx's shell, above `deno task`
  while (above && parentOf(process.ppid) === above) await delay(500);
}

function parentOf(pid: number): number {
  try {
    if (process.platform === "linux") {
      return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")[1]);
    }
    return Number(execFileSync("ps", ["-o", "ppid=", "-p", `${pid}`], { stdio: "pipe" }));
  } catch {
    return 0;
  }
}
