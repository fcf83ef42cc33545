/** A JSON object, of whatever fields. */
export type Json = Record<string, unknown>;
/** The fields that a type of Vapi's has. */
export type KeysOf<T> = Record<keyof Required<T>, true>;

/** What is wrong with something that has to be an object, where it is there. */
export function objectOf(path: string, value: unknown, known: Json): string[] {
  if (value === undefined) return [];
  return isObject(value) ? unknownKeys(`${path}.`, value, known) : [`${path} must be an object`];
}

/** What is wrong with the names of an object's fields. */
export function unknownKeys(path: string, value: unknown, known: Json): string[] {
  if (!isObject(value)) return [];
  return Object.keys(value)
    .filter((key) => !(key in known))
    .map((key) => `${path}property ${key} should not exist`);
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
