/**
 * Merges fields of an engine that Leeway does not know into what it submits. Objects are merged, lists of named objects by name; where both
 * have a value, Leeway's own counts, so that no field takes a job out of its sight.
 */
export function mergeFields(fields: unknown, own: unknown): unknown {
  if (own === undefined) return fields;
  if (isRecord(fields) && isRecord(own)) {
    const names = new Set([...Object.keys(fields), ...Object.keys(own)]);
    // A field of this name would change the prototype.
    names.delete("__proto__");
    return Object.fromEntries([...names].map((name) => [name, mergeFields(fields[name], own[name])]));
  }
  if (isNamedList(fields) && isNamedList(own)) {
    const names = new Set([...own, ...fields].map(({ name }) => name));
    const of = (list: Named[], name: string) => list.find((one) => one.name === name);
    return [...names].map((name) => mergeFields(of(fields, name), of(own, name)));
  }
  return own;
}

type Named = Record<string, unknown> & { name: string };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isNamedList = (value: unknown): value is Named[] =>
  Array.isArray(value) && value.every((one) => isRecord(one) && typeof one.name === "string");
