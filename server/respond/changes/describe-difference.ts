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
  const described = fields.slice(0, most).map((field) => `${field} ${formatValue(values[field]) ?? "not set"}`);
  return fields.length > most ? `${described.join(", ")} and ${fields.length - most} more` : described.join(", ");
}

function formatValue(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
