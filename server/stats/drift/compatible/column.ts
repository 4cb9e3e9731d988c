import { ArgumentError, requireNumbers } from "../../argument-error.ts";
/** A cleaned column of one side, as the compatible scores take it: infinities and missing values are gone. */
export type CompatibleColumn = NumericColumn | LevelColumn;

export interface NumericColumn {
  type: "numerical";
  /** Ascending; finite. */
  sorted: Float64Array;
  /** Whether numpy would store it as whole numbers: its narrowest bin is then 1 wide. */
  isInteger: boolean;
}

export interface LevelColumn {
  type: "categorical";
  counts: Map<string, number>;
}

/** Builds a numeric column from values in any order; non-finite values are omitted. */
export function numericColumn(values: ArrayLike<number>, isInteger = false): NumericColumn {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (Number.isFinite(value)) kept[count++] = value;
  }
  return { type: "numerical", sorted: kept.subarray(0, count).sort(), isInteger };
}

/** Builds a categorical column from its levels; missing ones must be omitted before. */
export function levelColumn(values: Iterable<string>): LevelColumn {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return { type: "categorical", counts };
}

/** Builds a categorical column from counts by level. */
export function levelsOf(counts: Map<string, number>): LevelColumn {
  return { type: "categorical", counts };
}

/** Returns the number of rows of a column. */
export function rowsOf(column: CompatibleColumn): number {
  if (column.type === "numerical") return column.sorted.length;
  let rows = 0;
  for (const count of column.counts.values()) rows += count;
  return rows;
}

/** Counts of both sides by the same keys, ascending (numbers by size, levels by code point). */
export interface Table {
  reference: number[];
  current: number[];
}

/** Counts both sides by their distinct values. */
export function tableOf(reference: CompatibleColumn, current: CompatibleColumn): Table {
  if (reference.type === "numerical" && current.type === "numerical")
    return valueTable(reference.sorted, current.sorted);
  if (reference.type === "categorical" && current.type === "categorical")
    return levelTable(reference.counts, current.counts);
  throw new ArgumentError("A column is numerical on one side and categorical on the other.");
}

function levelTable(reference: Map<string, number>, current: Map<string, number>): Table {
  const keys = [...new Set([...reference.keys(), ...current.keys()])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return { reference: keys.map((key) => reference.get(key) ?? 0), current: keys.map((key) => current.get(key) ?? 0) };
}

function valueTable(reference: Float64Array, current: Float64Array): Table {
  requireNumbers(reference);
  requireNumbers(current);
  const table: Table = { reference: [], current: [] };
  let [i, j] = [0, 0];
  while (i < reference.length || j < current.length) {
    const value = Math.min(reference[i] ?? Number.POSITIVE_INFINITY, current[j] ?? Number.POSITIVE_INFINITY);
    const [i0, j0] = [i, j];
    while (reference[i] === value) i += 1;
    while (current[j] === value) j += 1;
    table.reference.push(i - i0);
    table.current.push(j - j0);
  }
  return table;
}

/** Counts the distinct values of the column; counting stops above `most`. */
export function distinctOf(column: CompatibleColumn, most = Number.POSITIVE_INFINITY): number {
  if (column.type === "categorical") return column.counts.size;
  const { sorted } = column;
  let distinct = 0;
  for (let row = 0; row < sorted.length && distinct <= most; row += 1)
    if (row === 0 || sorted[row] !== sorted[row - 1]) distinct += 1;
  return distinct;
}

/** Counts the distinct values of both sides together; counting stops above `most`. */
export function distinctOfBoth(reference: CompatibleColumn, current: CompatibleColumn, most: number): number {
  if (distinctOf(reference, most) > most || distinctOf(current, most) > most) return most + 1;
  return tableOf(reference, current).reference.length;
}

/** Computes mean and standard deviation by n, in two passes. */
export function momentsOf(values: ArrayLike<number>): { mean: number; deviation: number } {
  let sum = 0;
  for (let row = 0; row < values.length; row += 1) sum += values[row] as number;
  const mean = sum / values.length;
  let squares = 0;
  for (let row = 0; row < values.length; row += 1) squares += ((values[row] as number) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
