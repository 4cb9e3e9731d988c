import { datasetVerdict } from "#server/stats/drift/compatible/choose-method.ts";
import { smallReference } from "../drift/sentences.ts";
import type { ComparedColumn, CompareSettings, Comparison } from "./contract.ts";
import { evaluateColumn } from "./evaluate-column.ts";
import type { GatheredTable } from "./gather-table.ts";
import { sidesOf } from "./sides.ts";

/** Compares two tables column by column, with the same scores and tests as live windows; the strongest change comes first. */
export function compareTables(reference: GatheredTable, current: GatheredTable, settings: CompareSettings): Comparison {
  const names = [...reference.columns.keys()];
  const common = names.filter((name) => current.columns.has(name));
  const columns = common.map((name) => evaluateColumn(sidesOf(name, reference, current), settings, common.length));
  return {
    ...comparisonOf(columns, { reference: reference.rows, current: current.rows }),
    onlyInReference: names.filter((name) => !current.columns.has(name)),
    onlyInCurrent: [...current.columns.keys()].filter((name) => !reference.columns.has(name)),
  };
}

/** Builds the comparison from evaluated columns, largest change first. */
export function comparisonOf(columns: ComparedColumn[], rows: { reference: number; current: number }): Comparison {
  const scored = columns.flatMap(({ score }) => (score ? [score.isDrift] : []));
  return {
    referenceRows: rows.reference,
    rows: rows.current,
    columns: columns.toSorted((a, b) => weightOf(b) - weightOf(a)),
    onlyInReference: [],
    onlyInCurrent: [],
    changed: columns.filter(({ word }) => word === "changed").length,
    evidently: { drifted: scored.filter(Boolean).length, ...datasetVerdict(scored) },
    warning: smallReference({ referenceRows: rows.reference, rows: rows.current }) ?? null,
  };
}

/** Ranks changed columns before unchanged ones, then by how far the statistic exceeds its threshold. */
function weightOf({ word, distribution }: ComparedColumn): number {
  const times = distribution?.line ? distribution.statistic / distribution.line : 0;
  return (word === "changed" ? 1e9 : 0) + Math.min(times, 1e6);
}
