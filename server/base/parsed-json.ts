/** Parses JSON of others that may be anything; returns undefined when it is invalid. A body that must be JSON is rejected with a reason. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Parses JSON; returns undefined when the text is anything but a JSON object. */
export function parsedObject(text: string): Record<string, unknown> | undefined {
  return asObject(parsedJson(text));
}

/** Returns the value if it is an object and not an array. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}
