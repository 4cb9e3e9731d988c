const most = 4;

/**
 * Describes the differences between two states of some settings: each field with its value, the first four of them.
 * @returns null on both sides where neither is known
 */
export function describeDifference(before: unknown, after: unknown): { before: string | null; after: string | null } {
  if (!isFields(before) || !isFields(after)) return { before: formatValue(before), after: formatValue(after) };
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  return { before: listed(before, fields), after: listed(after, fields) };
}

function listed(values: Record<string, unknown>, fields: string[]): string | null {
  if (fields.length === 0) return null;
  const described = fields
    .slice(0, most)
    .map((field) => `${fieldName(field)} ${formatValue(values[field]) ?? "not set"}`);
  return fields.length > most ? `${described.join(", ")} and ${fields.length - most} more` : described.join(", ");
}

function formatValue(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = plainText(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Returns lists of words as words, and counts what else is nested: timelines are read at night, and JSON is not. */
function plainText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.values(value);
  if (entries.length === 0) return "none";
  if (Array.isArray(value) && value.every((entry) => typeof entry !== "object")) return value.join(", ");
  return entries.length === 1 ? "1 entry" : `${entries.length} entries`;
}

/** "protectedAliases" → "protected aliases". */
function fieldName(field: string): string {
  return field.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
