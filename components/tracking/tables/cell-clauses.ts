import type { MetricValue } from "#server/tracking/metrics/contract.ts";
import { clauseOf, fieldOf } from "../search/run-clauses.ts";

/** What a cell holds, as a filter may ask for it; null is no value. */
export type CellValue = MetricValue | string | null;

interface CellClause {
  /** "Only this". */
  label: string;
  /** In the filter language. */
  clause: string;
}

/** What a cell offers to add to the filter: nothing for what cannot be filtered by. */
export function cellClauses(column: string, value: CellValue): CellClause[] {
  const field = fieldOf(column);
  if (field === undefined) return [];
  if (typeof value === "number") {
    return [
      { label: "This or more", clause: `${field} >= ${value}` },
      { label: "This or less", clause: `${field} <= ${value}` },
    ];
  }
  if (value === null && column !== "by") {
    return [
      { label: "Only without a value", clause: `${field} IS NULL` },
      { label: "Only with a value", clause: `${field} IS NOT NULL` },
    ];
  }
  const clause = column.startsWith("metrics.") ? undefined : clauseOf(column, value);
  if (clause === undefined) return [];
  return [
    { label: "Only this", clause },
    // The complement: runs that have no value stay.
    { label: "Not this", clause: `NOT ${clause}` },
  ];
}
