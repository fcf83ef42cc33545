import { createHash } from "node:crypto";

/** Tells the projects of one machine apart, by the folder that each is in. */
export function checkoutKey(project: string): string {
  return createHash("sha256").update(project).digest("hex").slice(0, 8);
}
