import { Problem } from "./problem.ts";

/** The value of a setting; unset and empty both answer 503 `not_configured`, and the log names it. */
export function requiredSetting(name: string): string {
  const value = Deno.env.get(name);
  if (!value) {
    throw new Problem("not_configured", "This function is not configured yet. Try again later.", {
      headers: { "Retry-After": "60" },
      reason: `the setting ${name} is missing`,
    });
  }
  return value;
}

/**
 * The key that opens the Data API: the project's `default` secret key, or the first one, or the
 * legacy service_role key. See https://supabase.com/docs/guides/functions/secrets.
 */
export function secretKey(): string {
  const keys = Deno.env.get("SUPABASE_SECRET_KEYS");
  if (!keys) return requiredSetting("SUPABASE_SERVICE_ROLE_KEY");
  const byName: Record<string, string> = JSON.parse(keys);
  return byName.default ?? Object.values(byName)[0];
}
