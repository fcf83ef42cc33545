import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseEnv } from "node:util";

/** The API keys that `supabase start` gives every local project. */
export const PUBLISHABLE_KEY = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH";
export const SECRET_KEY = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz";

/** Signs the users' tokens, as in every local project. */
export const JWT_SECRET = "super-secret-jwt-token-with-at-least-32-characters-long";

/** What a setting is here when nobody has set it. */
const DEVELOPMENT = {
  CALL_RESULTS_TOKEN: "local-call-results-token",
  VAPI_WEBHOOK_TOKEN: "local-vapi-webhook-token",
  RECONCILE_TOKEN: "local-reconcile-token",
};

/** Without a key of one's own, no request leaves this machine: nobody answers here, unless a fake Vapi does. */
const WITHOUT_VAPI = {
  VAPI_API_KEY: "local-vapi-key",
  VAPI_BASE_URL: "http://127.0.0.1:54330",
};

const PASSED_ON = [
  "VAPI_WEBHOOK_HMAC_SECRET",
  "VAPI_WEBHOOK_SIGNATURE_HEADER",
  "VAPI_WEBHOOK_TIMESTAMP_HEADER",
  "VAPI_API_KEY",
  "VAPI_BASE_URL",
  "ALERT_WEBHOOK_URL",
];

/** A setting's name and value. */
export type Settings = Record<string, string>;

/** The functions' settings: development values, then `supabase/functions/.env`, then ours. */
export function readSettings(project: string): Settings {
  const file = join(project, "supabase", "functions", ".env");
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) as Settings : {};
  const fromProcess = [...Object.keys(DEVELOPMENT), ...PASSED_ON]
    .map((name) => [name, process.env[name]])
    .filter(([, value]) => value !== undefined);
  const given: Settings = { ...fromFile, ...Object.fromEntries(fromProcess) };
  return { ...DEVELOPMENT, ...(given.VAPI_API_KEY === undefined && WITHOUT_VAPI), ...given };
}

/** The functions' whole environment: what Supabase gives every function, and the settings over it. */
export function functionEnvironment(settings: Settings, apiUrl: string): Settings {
  return {
    SUPABASE_URL: apiUrl,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: PUBLISHABLE_KEY }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: SECRET_KEY }),
    ...settings,
  };
}
