import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { comparePaired, type PairedComparison } from "#server/stats/evaluation/compare-paired.ts";
import type { ComparisonVerdict, PairedMetricResult } from "../contract.ts";
import { minSegmentRows } from "../metrics/evaluate-rows.ts";
import { describeMetric } from "../metrics/metric-catalogue.ts";
import type { Selected, TaskMetrics } from "../metrics/task-metrics.ts";

const methods: Record<PairedComparison["method"], string> = {
  "agresti-min": "paired interval of Agresti and Min",
  student: "Student's t of paired differences",
  bootstrap: "paired bootstrap",
  jackknife: "infinitesimal jackknife",
};

/** Metrics by which both versions can be compared, the headline first. */
export function comparedMetrics(first: TaskMetrics, second: TaskMetrics): EvaluationMetricId[] {
  const ids = Object.keys(first.pairing.metrics) as EvaluationMetricId[];
  return ids.filter((id) => second.pairing.metrics[id]);
}

interface Compared {
  result: PairedMetricResult;
  comparison: PairedComparison;
}

/**
 * Compares two runs by one metric, row by row.
 * @param rows of a segment; null for all. @param level of the interval
 */
export function compareMetric(
  first: TaskMetrics,
  second: TaskMetrics,
  { id, rows, level }: { id: EvaluationMetricId; rows: Selected; level: number },
): Compared {
  const { columns, truth, classes, clusters, metrics, unitsOf } = first.pairing;
  const metric = metrics[id];
  if (!metric) throw new Error(`Versions are not compared by "${id}".`);
  const comparison = comparePaired({
    first: columns,
    second: second.pairing.columns,
    metric,
    truth,
    classes: classes || undefined,
    rows: unitsOf(rows),
    clusters,
    level,
  });
  const { interval, difference } = comparison;
  const leftOut = leftOutRows(first, second, comparison, unitsOf(rows));
  const described = describeMetric(id);
  return {
    comparison,
    result: {
      id,
      ...described,
      first: comparison.first,
      second: comparison.second,
      difference,
      interval,
      method: interval ? methods[comparison.method] : null,
      rows: comparison.rows,
      ...(leftOut && { leftOut }),
      verdict: described.better && verdictOf(comparison, described.better, leftOut),
    },
  };
}

type LeftOut = NonNullable<PairedMetricResult["leftOut"]>;

/** Counts the rows that are missing in a comparison because a version did not answer them; undefined if there are none. */
function leftOutRows(
  first: TaskMetrics,
  second: TaskMetrics,
  { skipped, failed }: PairedComparison,
  units: Selected,
): LeftOut | undefined {
  const isSelected = units && new Set(units);
  const of = ({ pairing: { leftOut } }: TaskMetrics, rejected: number) => {
    const steps = leftOut?.failed ?? new Uint32Array();
    const inSeries = steps.reduce((sum, rows, unit) => sum + (!isSelected || isSelected.has(unit) ? rows : 0), 0);
    return (skipped > 0 ? rejected : 0) + inSeries;
  };
  const found = { first: of(first, failed.first), second: of(second, failed.second) };
  return found.first + found.second > 0 ? found : undefined;
}

/** A version that rejects more rows than the other one is not better for what it says of those that both answered: the rejected ones may be the hard ones. */
function verdictOf(
  { rows, interval }: PairedComparison,
  better: "higher" | "lower",
  leftOut: LeftOut = { first: 0, second: 0 },
): ComparisonVerdict {
  if (rows < minSegmentRows) return "insufficient-data";
  if (!interval || (interval.low <= 0 && interval.high >= 0)) return "inconclusive";
  const isFirst = interval.low > 0 === (better === "higher");
  if (isFirst ? leftOut.first > leftOut.second : leftOut.second > leftOut.first) return "inconclusive";
  return isFirst ? "better" : "worse";
}
