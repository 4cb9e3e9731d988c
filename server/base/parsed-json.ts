/** What a text of JSON says; undefined when it is none. For texts of others that may be anything: a body that must be JSON is refused with a reason. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a text says when it is an object of JSON; undefined when it is anything else. */
export function parsedObject(text: string): Record<string, unknown> | undefined {
  return asObject(parsedJson(text));
}

/** The value when it is an object and no list. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}
