const maxCharacters = 60;

/** Describes a value that a client sent, for a message. Composite values are not printed, since they may be large or deep. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string" || value.length <= maxCharacters) return JSON.stringify(value);
  return JSON.stringify(`${value.slice(0, maxCharacters)}…`);
}
