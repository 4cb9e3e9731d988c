import type { MetricValue } from "#server/develop/tracking/metrics/contract.ts";
import { clauseOf, fieldOf } from "../search/run-clauses.ts";

/** Value of a cell as a filter operand; null means no value. */
export type CellValue = MetricValue | string | null;

interface CellClause {
  /** "Filter for this value". */
  label: string;
  /** In the filter language. */
  clause: string;
}

/** Returns the clauses that a cell can add to the filter; none for columns that cannot be filtered. */
export function cellClauses(column: string, value: CellValue): CellClause[] {
  const field = fieldOf(column);
  if (field === undefined) return [];
  if (typeof value === "number") {
    return [
      { label: "At or above this", clause: `${field} >= ${value}` },
      { label: "At or below this", clause: `${field} <= ${value}` },
    ];
  }
  if (value === null && column !== "by") {
    return [
      { label: "Only missing", clause: `${field} IS NULL` },
      { label: "Only present", clause: `${field} IS NOT NULL` },
    ];
  }
  const clause = column.startsWith("metrics.") ? undefined : clauseOf(column, value);
  if (clause === undefined) return [];
  return [
    { label: "Filter for this value", clause },
    // The complement: runs that have no value stay.
    { label: "Exclude this value", clause: `NOT ${clause}` },
  ];
}
