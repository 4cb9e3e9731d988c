import { formatNumber, noValue } from "#components/ui/format.ts";
import type { MetricValue } from "#server/develop/tracking/metrics/contract.ts";
import type { RunInfo } from "#server/develop/tracking/runs/contract.ts";
import type { RunTableRow } from "#server/develop/tracking/tables/contract.ts";
import type { CellValue } from "../tables/cell-clauses.ts";
import { isSilent } from "./run-state.ts";

/**
 * Returns the number of decimals used for all numbers of a column, so that they can be compared at a glance: three significant figures
 * of the largest; undefined if the smallest would keep fewer than `least` of its own.
 */
export function decimalsOf(values: readonly (MetricValue | undefined)[], least = 1): number | undefined {
  const sizes = values.flatMap((value) => (typeof value === "number" && value !== 0 ? [Math.abs(value)] : []));
  if (sizes.length === 0) return undefined;
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(high)));
  return decimals > 5 || high >= 1e9 || low < 10 ** (least - 1 - decimals) ? undefined : decimals;
}

/** Formats a metric's value: "0.969", "NaN", "–". */
export function formatMetric(value: MetricValue | undefined, decimals?: number): string {
  if (value === undefined) return noValue;
  if (value === "NaN") return "NaN";
  return formatNumber(value, decimals === undefined ? {} : { decimals });
}

/** Returns the duration of a run, or its elapsed time so far, in milliseconds; for a stalled run, the time until its last write. */
export function tookMs(run: RunInfo, now: number): number | undefined {
  if (run.endedAt !== null) return Math.max(0, run.endedAt - run.startedAt);
  if (run.status !== "RUNNING") return undefined;
  return Math.max(0, (isSilent(run, now) ? run.updatedAt : now) - run.startedAt);
}

/** Returns whether a row has a value in such a column. Curves do not count: the reason of a failure is more useful than a partial curve. */
function hasValue(row: RunTableRow, column: string): boolean {
  const dot = column.indexOf(".");
  const [kind, key] = [column.slice(0, dot), column.slice(dot + 1)];
  if (kind === "metrics") return typeof row.metrics[key] === "number";
  return kind === "params" && row.params[key] !== undefined;
}

/**
 * Returns the adjacent columns in which a failed run has no values, where the table shows the reason instead. It is the widest such range
 * of at least two columns, or of one metric; undefined without any.
 */
export function reasonSpan(row: RunTableRow, columns: readonly string[]): { at: number; span: number } | undefined {
  if (row.failure === undefined) return undefined;
  let best: { at: number; span: number } | undefined;
  let at = 0;
  while (at < columns.length) {
    let span = 0;
    while (/^(metrics|params|curve)\./.test(columns[at + span] ?? "") && !hasValue(row, columns[at + span] ?? ""))
      span += 1;
    const isWide = span > 1 || (span === 1 && columns[at]?.startsWith("metrics."));
    if (isWide && span > (best?.span ?? 0)) best = { at, span };
    at += Math.max(1, span);
  }
  return best;
}

/** Returns the value of a row in a column as a filter operand: null without a value, undefined for columns that cannot be filtered. */
export function cellValue(row: RunTableRow, column: string): CellValue | undefined {
  const dot = column.indexOf(".");
  const [kind, key] = [column.slice(0, dot), column.slice(dot + 1)];
  if (kind === "metrics" || kind === "params" || kind === "tags") return row[kind][key] ?? null;
  if (column === "status") return row.run.status;
  if (column === "by") return row.run.userName || null;
  if (column === "commit") return row.commit;
  return column === "dataset" ? (trainedOn(row)?.digest ?? null) : undefined;
}

/** Returns the dataset that represents all datasets of a run: the training data if known, else the first. */
export function trainedOn({ datasets }: RunTableRow): RunTableRow["datasets"][number] | undefined {
  return datasets.find(({ context }) => context === "training") ?? datasets[0];
}
