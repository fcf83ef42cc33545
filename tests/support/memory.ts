/** The memory that a process holds, in bytes. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => undefined);
  if (status) return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1024;
  const ps = await new Deno.Command("ps", { args: ["-o", "rss=", "-p", `${pid}`] }).output();
  return Number(new TextDecoder().decode(ps.stdout)) * 1024;
}
