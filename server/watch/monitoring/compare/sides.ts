import { type CompatibleColumn, levelsOf, numericColumn } from "#server/stats/drift/compatible/column.ts";
import type { ColumnGatherer } from "./column-gatherer.ts";
import type { ComparedColumn } from "./contract.ts";
import type { GatheredTable } from "./gather-table.ts";

/** A prepared column of both tables. */
export interface Sides {
  name: string;
  type: ComparedColumn["type"];
  reference: CompatibleColumn;
  current: CompatibleColumn;
  referenceMissing: number;
  missing: number;
}

/**
 * Prepares both sides of a column with one type: the reference's, unless the other side cannot be read that way. Integers with few
 * distinct values are categorical, as in Evidently.
 */
export function sidesOf(name: string, reference: GatheredTable, current: GatheredTable): Sides {
  const [first, second] = [reference.columns.get(name), current.columns.get(name)];
  if (!first || !second) throw new Error(`Column "${name}" is not in both tables.`);
  const type = typeOf(first, second, reference.isTyped && current.isTyped);
  const isNumeric = type === "numerical";
  return {
    name,
    type,
    reference: isNumeric ? numbersOf(first) : levelsOf(first.counts()),
    current: isNumeric ? numbersOf(second) : levelsOf(second.counts()),
    // Infinities are no values to Evidently, which counts them as missing.
    referenceMissing: first.missing + (isNumeric ? first.count - first.values().length : 0),
    missing: second.missing + (isNumeric ? second.count - second.values().length : 0),
  };
}

function numbersOf(column: ColumnGatherer): CompatibleColumn {
  return numericColumn(column.values(), column.dtype(true) === "int64");
}

function typeOf(first: ColumnGatherer, second: ColumnGatherer, isTyped: boolean): ComparedColumn["type"] {
  const [own, other] = [first.type(isTyped), second.type(isTyped)];
  const isKnown = own === "numerical" || own === "categorical" || own === "text" || own === "datetime";
  if (!isKnown) return "unknown";
  if (own === other) return own;
  const isNumber = (column: ColumnGatherer) => /int|float/.test(column.dtype(isTyped));
  // Few distinct integers on one side and many on the other are numbers on both.
  if (isNumber(first) && isNumber(second)) return "numerical";
  return own === "text" || other === "text" ? "text" : "categorical";
}
