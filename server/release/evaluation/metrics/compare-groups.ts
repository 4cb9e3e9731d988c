import { evaluateFairness } from "#server/stats/quality/fairness.ts";
import type { GroupComparison } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import { rowsOfSegment, type SetRows } from "../sets/set-rows.ts";
import { runColumns } from "./run-columns.ts";

/** Compares how often predictions are correct between the values of each column that is compared for fairness. */
export function compareGroups(set: SetRows, run: RunRows): GroupComparison[] {
  const { correct } = runColumns(run);
  const segments = set.head.segments.filter(({ isGroup }) => isGroup);
  return [...Map.groupBy(segments, ({ column }) => column ?? "")].map(([column, values]) => {
    const groups = values.map(({ id }) => {
      const rows = rowsOfSegment(set, id) ?? new Uint32Array();
      const hits = rows.reduce((sum, row) => sum + (correct[row] as number), 0);
      const cells = { truePositive: hits, falsePositive: rows.length - hits, trueNegative: 0, falseNegative: 0 };
      return { name: id.slice(column.length + 1), rows: rows.length, cells };
    });
    const verdict = evaluateFairness(groups, { metric: "accuracy", maxDifference: 0 });
    const byName = new Map(verdict.groups.map((group) => [group.name, group]));
    return {
      column,
      metric: "accuracy",
      groups: groups.map(({ name, rows }) => {
        const found = byName.get(name);
        return { name, rows, isSmall: !found, value: found?.value ?? null, interval: found?.interval ?? null };
      }),
      gap: verdict.difference,
      interval: verdict.differenceInterval,
      ratio: verdict.ratio,
      expectedByChance: null,
    };
  });
}
