import { fieldOf } from "#server/base/text/field-of.ts";

type Data = Record<string, unknown>;

/**
 * Leaves out fields of a task that its project hides: its own, columns of rows in it, and fields by their path ("row.face").
 * @returns those that were there
 */
export function withoutHidden(data: Data, hidden: readonly string[]): { data: Data; found: string[] } {
  if (hidden.length === 0) return { data, found: [] };
  const found = new Set<string>();
  const depth = Math.max(1, ...hidden.map((name) => name.split(".").length - 1));
  const without = (fields: Data, path: string, level: number): Data =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) => {
        const full = `${path}${name}`;
        const hit = hidden.find((one) => one === full || (level < 2 && one === name));
        if (hit === undefined) {
          return [[name, level < depth && isRow(value) ? without(value, `${full}.`, level + 1) : value]];
        }
        found.add(hit);
        return [];
      }),
    );
  return { data: without(data, "", 0), found: [...found] };
}

/** Finds what a task shows as a field, as a column of a row in it, or by its path; undefined without one. */
export function findShown(data: Data, name: string): unknown {
  const sources = [data, ...Object.values(data).filter(isRow)];
  const source = sources.find((fields) => Object.hasOwn(fields, name));
  return source ? source[name] : fieldOf(data, name);
}

const isRow = (value: unknown): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);
