import type { ManyValues } from "#components/charts/parallel.ts";
import type { RunValues } from "#server/develop/tracking/compare/contract.ts";
import { linesOf } from "../compare/compare-axes.ts";
import type { ChartLine } from "./chart-lines.ts";

/** Returns the values of the visible runs as rows of a chart, each in the colour of its line. */
export function valueRows(runs: readonly RunValues[], lines: readonly ChartLine[]): ManyValues[] {
  const styles = new Map(lines.flatMap(({ runs, style }) => runs.map(({ id }) => [id, style] as const)));
  return linesOf(
    runs.filter(({ id }) => styles.has(id)),
    [],
  ).map((row) => ({ ...row, style: styles.get(row.id) }));
}
