export interface ChangedField {
  name: string;
  /** Undefined: the field was not there. */
  before: string | undefined;
  after: string | undefined;
  changed: boolean;
}

/** Lists the fields of a change with both values, changed ones first. Values that are not objects are one field without a name. */
export function changedFields(before: unknown, after: unknown): ChangedField[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const fields = [...new Set([...old.keys(), ...now.keys()])].map((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    return { name, before: was, after: is, changed: was !== is };
  });
  return fields.sort((one, other) => Number(other.changed) - Number(one.changed));
}

function fieldsOf(value: unknown): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) return new Map([["", show(value)]]);
  return new Map(Object.entries(value).map(([name, part]) => [name, show(part)]));
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
