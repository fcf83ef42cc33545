import { Problem } from "./problem.ts";

/** The value of a setting; unset and empty both answer 503 `not_configured`, and the log names it. */
export function requiredSetting(name: string): string {
  return Deno.env.get(name) || missing(name);
}

/** A setting that lists tokens, comma-separated; one without any token counts as missing. */
export function requiredTokens(name: string): string[] {
  const tokens = requiredSetting(name).split(",").map((token) => token.trim()).filter(Boolean);
  return tokens.length > 0 ? tokens : missing(name);
}

/** Where the Data API is. */
export function supabaseUrl(): string {
  const url = requiredSetting("SUPABASE_URL");
  return URL.canParse(url) ? url : missing("SUPABASE_URL");
}

/**
 * The key that opens the Data API: the project's `default` secret key, or the first one, or the
 * legacy service_role key. See https://supabase.com/docs/guides/functions/secrets.
 */
export function secretKey(): string {
  const keys = Deno.env.get("SUPABASE_SECRET_KEYS");
  if (!keys) return requiredSetting("SUPABASE_SERVICE_ROLE_KEY");
  try {
    const byName: Record<string, string> = JSON.parse(keys);
    return byName.default || Object.values(byName)[0] || missing("SUPABASE_SECRET_KEYS");
  } catch {
    return missing("SUPABASE_SECRET_KEYS");
  }
}

function missing(name: string): never {
  throw new Problem("not_configured", "This function is not configured yet. Try again later.", {
    headers: { "Retry-After": "60" },
    reason: `the setting ${name} is missing or unusable`,
  });
}
