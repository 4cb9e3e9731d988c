import { type RankedItem, rankedList, rankingMetrics } from "#server/stats/evaluation/ranking.ts";
import { ratioMetrics } from "#server/stats/evaluation/ratio-metrics.ts";
import { emptyColumns, failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluationPanels } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import { runColumns } from "./run-columns.ts";
import type { TaskMetrics } from "./task-metrics.ts";
import { type Units, unitsOfSet } from "./units.ts";

const means = ["ndcg", "meanAveragePrecision", "meanReciprocalRank", "hitRate"] as const;
const shownCuts = [1, 3, 5, 10, 20, 50];

/**
 * Measures orders of lists: each list once, whatever its length (docs/spec/evaluation.md section 4). A list with an item that has no score counts as 0, or a
 * version would gain by rejecting items of hard lists. @param at places that count
 */
export function rankingTask(at: number, set: SetRows, run: RunRows): TaskMetrics {
  const units = unitsOfSet(set);
  const lists = listsOf(units, set, run);
  const columns = listColumns(lists, at);
  const { clusters, unitsOf } = units;
  return {
    measure: (rows) =>
      means.map((id) => ratioEstimate(id, columns, ratioMetrics[id], { rows: unitsOf(rows), clusters })),
    panels: () => panelsOf(lists, at),
    pairing: {
      columns,
      truth: null,
      classes: 0,
      clusters,
      metrics: Object.fromEntries(means.map((id) => [id, { name: "ratio" as const, ratio: ratioMetrics[id] }])),
      unitsOf,
    },
  };
}

/** A list with its items, or without them if one of them has no score. */
interface RankedUnit {
  items: RankedItem[] | null;
  hasRelevant: boolean;
}

function listsOf({ rows }: Units, set: SetRows, run: RunRows): RankedUnit[] {
  const { answer, score } = runColumns(run);
  const truth = set.columns.truth as Float64Array;
  return rows.map((list) => {
    const hasRelevant = list.some((row) => (truth[row] as number) > 0);
    if (list.some((row) => answer[row] === failedAnswer)) return { items: null, hasRelevant };
    const items = Array.from(list, (row) => ({ relevance: truth[row] as number, score: score[row] as number }));
    return { items, hasRelevant };
  });
}

function listColumns(lists: readonly RankedUnit[], at: number): RowColumns {
  const columns = emptyColumns(lists.length, ["ndcg", "averagePrecision", "reciprocalRank", "hit", "listed"]);
  const parts = columns.parts as Record<string, Float32Array>;
  for (const [unit, { items, hasRelevant }] of lists.entries()) {
    columns.answer[unit] = 0;
    if (!items) {
      columns.score[unit] = 0;
      columns.loss[unit] = 1;
      (parts.listed as Float32Array)[unit] = Number(hasRelevant);
      continue;
    }
    const found = rankedList(items, at);
    columns.score[unit] = found.ndcg ?? 0;
    columns.loss[unit] = 1 - (found.ndcg ?? 1);
    (parts.listed as Float32Array)[unit] = found.ndcg === null ? 0 : 1;
    for (const name of ["ndcg", "averagePrecision", "reciprocalRank", "hit"] as const) {
      (parts[name] as Float32Array)[unit] = found[name] ?? 0;
    }
  }
  return columns;
}

function panelsOf(lists: readonly RankedUnit[], at: number): EvaluationPanels {
  const complete = lists.map(({ items }) => items).filter((items) => items !== null);
  const cuts = [...new Set([...shownCuts.filter((cut) => cut <= Math.max(10, at)), at])].sort((a, b) => a - b);
  const each = cuts.map((k) => ({ k, ...rankingMetrics(complete, k) }));
  // Lists without all scores count as 0.
  const answered = complete.length / Math.max(1, lists.length);
  const withRelevant = lists.filter(({ hasRelevant }) => hasRelevant);
  const answeredRelevant = withRelevant.filter(({ items }) => items).length / Math.max(1, withRelevant.length);
  const times = (value: number | null, share: number) => (value === null ? null : value * share);
  return {
    kind: "ranking",
    lists: lists.length,
    emptyLists: lists.length - withRelevant.length,
    at,
    atEach: each.map(({ k, mean }) => ({
      k,
      ndcg: times(mean.ndcg.value, answeredRelevant),
      hit: times(mean.hit.value, answered),
      precision: times(mean.precision.value, answered),
      recall: times(mean.recall.value, answeredRelevant),
    })),
  };
}
