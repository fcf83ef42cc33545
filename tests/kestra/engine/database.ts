import { freePort } from "./configuration.ts";

/** An H2 database in a process of its own, which outlives a Kestra that is killed. */
export interface H2 {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts H2 over a folder; `classPath` is a file of Java's arguments that name Kestra's. */
export async function startH2(java: string, classPath: string, directory: string): Promise<H2> {
  const port = freePort();
  const process = new Deno.Command(java, {
    args: [
      "-Xmx256m",
      `@${classPath}`,
      "org.h2.tools.Server",
      "-tcp",
      "-tcpPort",
      String(port),
      "-baseDir",
      directory,
      "-ifNotExists",
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  // It says on which port it runs once it takes connections.
  const output = process.stdout.getReader();
  await output.read();
  return {
    url: `jdbc:h2:tcp://127.0.0.1:${port}/./database;TIME ZONE=UTC`,
    async stop() {
      process.kill("SIGTERM");
      await process.status;
      await output.cancel();
    },
  };
}
