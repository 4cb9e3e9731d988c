import { datasetVerdict } from "#server/stats/drift/compatible/choose-method.ts";
import { smallReference } from "../drift/sentences.ts";
import type { ComparedColumn, CompareSettings, Comparison } from "./contract.ts";
import type { GatheredTable } from "./gather-table.ts";
import { judgeColumn } from "./judge-column.ts";
import { sidesOf } from "./sides.ts";

/** Two tables column by column, through the same scores and tests that live windows get; what changed most comes first. */
export function compareTables(reference: GatheredTable, current: GatheredTable, settings: CompareSettings): Comparison {
  const names = [...reference.columns.keys()];
  const common = names.filter((name) => current.columns.has(name));
  const columns = common.map((name) => judgeColumn(sidesOf(name, reference, current), settings, common.length));
  const scored = columns.flatMap(({ score }) => (score ? [score.isDrift] : []));
  const verdict = datasetVerdict(scored);
  return {
    referenceRows: reference.rows,
    rows: current.rows,
    columns: columns.sort((a, b) => weightOf(b) - weightOf(a)),
    onlyInReference: names.filter((name) => !current.columns.has(name)),
    onlyInCurrent: [...current.columns.keys()].filter((name) => !reference.columns.has(name)),
    changed: columns.filter(({ word }) => word === "changed").length,
    evidently: { drifted: scored.filter(Boolean).length, ...verdict },
    warning: smallReference({ referenceRows: reference.rows, rows: current.rows }) ?? null,
  };
}

/** What changed before what did not; then by how far beyond its line it is. */
function weightOf({ word, distribution }: ComparedColumn): number {
  const times = distribution?.line ? distribution.statistic / distribution.line : 0;
  return (word === "changed" ? 1e9 : 0) + Math.min(times, 1e6);
}
