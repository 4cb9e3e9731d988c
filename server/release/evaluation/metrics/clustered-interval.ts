import type { Band } from "#server/stats/estimation/cell-metrics.ts";
import { ratioMetric } from "#server/stats/evaluation/ratio-metrics.ts";
import type { RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { Selected } from "./task-metrics.ts";

interface Clustered {
  rows: Selected;
  clusters: Uint32Array;
  level?: number | undefined;
}

/** A sum over rows divided by another one. */
interface Shares {
  numerator: (row: number) => number;
  /** 1 for each row when it is left out. */
  denominator?: (row: number) => number;
  /** Whether rows without an answer are left out; else they count as they are. */
  isOfAnswered: boolean;
}

/**
 * Computes the interval of a share or a mean of rows that share entities: a bootstrap of the entities. Formulas for independent rows are too narrow there
 * (docs/spec/evaluation.md section 1.4). @param level of the interval, 0.95 by default
 */
export function clusteredInterval(
  columns: RowColumns,
  { numerator, denominator = () => 1, isOfAnswered }: Shares,
  { rows, clusters, level }: Clustered,
): Band | null {
  const count = columns.answer.length;
  const parts = { numerator: new Float64Array(count), denominator: new Float64Array(count) };
  for (let row = 0; row < count; row += 1) {
    parts.numerator[row] = numerator(row);
    parts.denominator[row] = denominator(row);
  }
  const answer = isOfAnswered ? columns.answer : new Uint16Array(count);
  const ratio = { numerator: { numerator: 1 }, denominator: { denominator: 1 } };
  return ratioMetric({ ...columns, answer, parts }, ratio, { rows, clusters, level }).interval;
}
