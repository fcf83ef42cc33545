import { join } from "node:path";

/** The published modules that make a running Kestra: everything but its web server. */
const modules = ["tests", "jdbc-h2", "storage-local"];
const oldestJava = 21;

/** A Java and a Maven that can run Kestra. */
export interface JavaTools {
  java: string;
  mvn: string;
}

/** Finds Java 21 or later and Maven, or says what is missing. */
export async function findJavaTools(): Promise<JavaTools> {
  const mvn = await output("mvn", ["--version"]);
  if (mvn === undefined) throw new Error("The Kestra tests need Maven (`mvn`) on the PATH.");

  for (const java of await javaCandidates()) {
    const version = (await output(java, ["-version"]))?.match(/version "(\d+)/)?.[1];
    if (Number(version) >= oldestJava) return { java, mvn: "mvn" };
  }
  throw new Error(
    `The Kestra tests need Java ${oldestJava} or later: set JAVA_HOME, or install a JDK.`,
  );
}

/**
 * Fetches a version of Kestra with all it depends on, once, into the local Maven repository.
 *
 * @returns The class path.
 */
export async function kestraClassPath(version: string, { mvn }: JavaTools, directory: string) {
  const pom = join(directory, "pom.xml");
  const classPath = join(directory, "classpath");
  await Deno.writeTextFile(pom, pomFor(version));

  const args = [
    "-B",
    "-q",
    "-f",
    pom,
    "dependency:build-classpath",
    `-Dmdep.outputFile=${classPath}`,
  ];
  const cached = await output(mvn, ["-o", ...args]);
  if (cached === undefined && await output(mvn, args) === undefined) {
    throw new Error(`Maven could not fetch Kestra ${version}. Try: mvn ${args.join(" ")}`);
  }
  return await Deno.readTextFile(classPath);
}

function pomFor(version: string): string {
  const dependency = (artifact: string, rest = "") =>
    `<dependency><groupId>io.kestra</groupId><artifactId>${artifact}</artifactId>` +
    `<version>${version}</version>${rest}</dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>kestra-for-tests</artifactId><version>1</version>
  <dependencyManagement><dependencies>
    ${dependency("platform", "<type>pom</type><scope>import</scope>")}
  </dependencies></dependencyManagement>
  <dependencies>
    ${modules.map((module) => dependency(module)).join("\n    ")}
  </dependencies>
</project>
`;
}

async function javaCandidates(): Promise<string[]> {
  const home = Deno.env.get("JAVA_HOME");
  return [
    ...home ? [join(home, "bin", "java")] : [],
    "java",
    ...await javasIn("/usr/lib/jvm", "bin/java"),
    ...await javasIn("/Library/Java/JavaVirtualMachines", "Contents/Home/bin/java"),
  ];
}

async function javasIn(directory: string, java: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.map(({ name }) => join(directory, name, java)).sort().reverse();
  } catch {
    return [];
  }
}

/** What a command printed, or undefined when it is absent or failed. */
async function output(command: string, args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
    const text = new TextDecoder();
    return success ? text.decode(stdout) + text.decode(stderr) : undefined;
  } catch {
    return undefined;
  }
}

// Says whether the Kestra tests can run here: exit code 1 and the reason where not.
if (import.meta.main) {
  try {
    await findJavaTools();
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
