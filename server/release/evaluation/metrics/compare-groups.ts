import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { gapByChance } from "#server/stats/evaluation/group-bootstrap.ts";
import { groupRatios } from "#server/stats/evaluation/groups.ts";
import type { RatioMetric } from "#server/stats/evaluation/ratio-metrics.ts";
import { failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { evaluateFairness, type Group } from "#server/stats/quality/fairness.ts";
import type { EvaluatedGroups } from "../contract.ts";
import { gatherSegments, type SetRows } from "../sets/set-rows.ts";
import type { TaskMetrics } from "./task-metrics.ts";

interface GroupRows {
  name: string;
  rows: Uint32Array;
}

/**
 * Compares the headline of a run between the values of each column that is compared for fairness: shares by their cells, all others by a bootstrap
 * within groups (docs/spec/evaluation.md section 8).
 */
export function compareSetGroups(set: SetRows, { pairing }: TaskMetrics): EvaluatedGroups[] {
  const [[id, metric] = []] = Object.entries(pairing.metrics) as [
    EvaluationMetricId,
    { name: string; ratio?: RatioMetric },
  ][];
  if (!id || !metric) return [];
  const segments = set.head.segments.filter(({ isGroup }) => isGroup);
  return [...Map.groupBy(segments, ({ column }) => column ?? "")].map(([column, values]) => {
    const groups = [...gatherSegments(set, values)].map(({ segment, rows }) => ({
      name: segment.id.slice(column.length + 1),
      rows: pairing.unitsOf(rows) ?? new Uint32Array(),
    }));
    const { columns: all, clusters } = pairing;
    const isShare = metric.name === "accuracy";
    // The cells of shares are those of independent rows.
    const compared =
      isShare && !clusters
        ? compareShares(groups, all)
        : compareRatios(groups, all, isShare ? share : metric.ratio, clusters);
    return { column, metric: id, ...compared };
  });
}

function compareShares(
  groups: readonly GroupRows[],
  { correct }: RowColumns,
): Omit<EvaluatedGroups, "column" | "metric"> {
  const counted = groups.map(({ name, rows }) => {
    const hits = rows.reduce((sum, row) => sum + (correct[row] as number), 0);
    return { name, rows: rows.length, hits };
  });
  const cells = counted.map(({ name, rows, hits }): Group => {
    return { name, cells: { truePositive: hits, falsePositive: rows - hits, trueNegative: 0, falseNegative: 0 } };
  });
  const verdict = evaluateFairness(cells, { metric: "accuracy", maxDifference: 0 });
  const large = counted.filter(({ name }) => verdict.groups.some((group) => group.name === name));
  const rows = large.reduce((sum, group) => sum + group.rows, 0);
  const share = large.reduce((sum, group) => sum + group.hits, 0) / Math.max(1, rows);
  return {
    groups: counted.map(({ name, rows, hits }) => ({
      name,
      rows,
      isSmall: !large.some((group) => group.name === name),
      value: rows > 0 ? hits / rows : null,
      interval: rows > 0 ? wilsonInterval({ share: hits / rows, count: rows }) : null,
    })),
    gap: verdict.difference,
    interval: verdict.differenceInterval,
    ratio: verdict.ratio,
    expectedByChance:
      gapByChance(
        large.map((group) => group.rows),
        share,
      )?.mean ?? null,
  };
}

/** Mean loss, and the share of correct rows, as ratios of sums. */
const meanLoss: RatioMetric = { numerator: { loss: 1 }, denominator: { rows: 1 } };
const share: RatioMetric = { numerator: { correct: 1 }, denominator: { rows: 1 } };

function compareRatios(
  groups: readonly GroupRows[],
  columns: RowColumns,
  ratio: RatioMetric = meanLoss,
  clusters: Uint32Array | null = null,
): Omit<EvaluatedGroups, "column" | "metric"> {
  const loss = columns.loss.map((value, row) => (columns.answer[row] === failedAnswer ? 0 : value));
  const parts = { ...columns.parts, loss, correct: Float32Array.from(columns.correct) };
  // Of shares, a row without an answer is incorrect.
  const answer = ratio === share ? new Uint16Array(columns.answer.length) : columns.answer;
  const found = groupRatios({ ...columns, answer, parts }, ratio, groups, { clusters });
  return {
    groups: found.groups,
    gap: found.difference,
    interval: found.interval,
    ratio: found.ratio,
    expectedByChance: null,
  };
}
