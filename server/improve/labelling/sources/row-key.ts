import { byCodeUnits, rowHasher } from "#server/develop/datasets/rows/row-hash.ts";
import { type Value, valueOfCell } from "#server/develop/datasets/rows/value.ts";

/** Hex digits of a key: 128 bits, so that two rows never have the same by chance. */
const keyLength = 32;

/** Key of a row by its columns and values, the same for equal rows of datasets and of logged requests, in any order of the columns. */
export function rowKey(row: Readonly<Record<string, unknown>>): string {
  const columns = Object.keys(row).sort(byCodeUnits);
  return rowKeyer(columns, columns)(columns.map((name) => valueOfCell(row[name])));
}

/** Makes the keys of a table's rows over some of its columns. @param columns all of the table */
export function rowKeyer(columns: readonly string[], chosen: readonly string[]): (values: readonly Value[]) => string {
  const hashOf = rowHasher(columns, chosen);
  return (values) => hashOf(values).toString("hex").slice(0, keyLength);
}
