/** The text of one of the flows. */
export function flow(name: string): Promise<string> {
  return Deno.readTextFile(new URL(`../../kestra/flows/${name}.yaml`, import.meta.url));
}

/** The flow that starts the calls, for one line of Kestra. */
export function parentFlow(version: string): Promise<string> {
  return flow(version.startsWith("1.") ? "kestra-1.3/contact_providers" : "contact_providers");
}
