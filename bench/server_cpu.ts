import { readFileSync } from "node:fs";
import { type as system } from "node:os";

/** Reads the CPU time of a Postgres server and its sessions in milliseconds; undefined where there is no /proc. */
export function serverCpu(postmaster: number): (() => number) | undefined {
  if (system() !== "Linux") return undefined;
  return () => {
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, "utf8");
    return children.trim().split(" ").map(ticks).reduce((sum, ticks) => sum + ticks, 0) * 10;
  };
}

/** User and system time in hundredths of a second. */
function ticks(pid: string): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0; // it has just ended
  }
}
