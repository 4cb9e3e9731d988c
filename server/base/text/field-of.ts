/**
 * Returns a field of an object by its name, which may be a path into objects within it: "row.text". A field with just that name comes first.
 * @returns undefined for a field that is not there, or null
 */
export function fieldOf(data: Readonly<Record<string, unknown>>, field: string): unknown {
  if (Object.hasOwn(data, field)) return data[field] ?? undefined;
  let value: unknown = data;
  for (const name of field.split(".")) {
    if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) {
      return undefined;
    }
    value = (value as Record<string, unknown>)[name];
  }
  return value ?? undefined;
}
