/** Makes JSON storable as jsonb: replaces NUL and lone surrogates, which Postgres rejects in text. Other values stay unchanged. */
export function storable<Value>(value: Value): Value {
  if (typeof value === "string") return value.replaceAll("\0", "\ufffd").toWellFormed() as Value;
  if (Array.isArray(value)) return value.map(storable) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [storable(key), storable(member)])) as Value;
}
