type Data = Record<string, unknown>;

/** Leaves out fields of a task that its project hides, and columns of rows in it. @returns those that were there */
export function withoutHidden(data: Data, hidden: readonly string[]): { data: Data; found: string[] } {
  if (hidden.length === 0) return { data, found: [] };
  const found = new Set<string>();
  const without = (fields: Data) =>
    Object.fromEntries(
      Object.entries(fields).filter(([name]) => {
        if (hidden.includes(name)) found.add(name);
        return !hidden.includes(name);
      }),
    );
  const shown = Object.entries(without(data)).map(([name, value]) => [name, isRow(value) ? without(value) : value]);
  return { data: Object.fromEntries(shown), found: [...found] };
}

/** Finds what a task shows as a field, or as a column of a row in it; undefined without one. */
export function findShown(data: Data, name: string): unknown {
  const sources = [data, ...Object.values(data).filter(isRow)];
  const source = sources.find((fields) => Object.hasOwn(fields, name));
  return source?.[name];
}

const isRow = (value: unknown): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);
