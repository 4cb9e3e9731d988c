import type { FeatureType, ViewVersion } from "#server/develop/features/contract.ts";
import type { DefinedView } from "#server/develop/features/definitions/definitions.ts";
import { slotsOf } from "#server/develop/features/definitions/view-features.ts";
import { identifier } from "#server/develop/features/offline/engine/sql-text.ts";
import { joinedColumn } from "#server/develop/features/offline/join/plan-join.ts";
import type { TrainingSetRequest } from "#server/develop/features/training-sets/contract.ts";

/** A feature of a view as its distribution is measured. */
export interface MeasuredFeature {
  name: string;
  type: FeatureType;
  kind: "numeric" | "categorical";
  /** Writes its value for the engine: a number or a level. */
  value(column: string): string;
}

/**
 * Lists what rows of a version store, as distributions: numbers as numbers, texts and booleans as levels. Of everything else only whether there is a
 * value counts.
 */
export function measuredFeatures(version: ViewVersion): MeasuredFeature[] {
  return slotsOf(version).map(({ name, type }) => ({ name, type, ...measureOf(type) }));
}

function measureOf(type: FeatureType): Omit<MeasuredFeature, "name" | "type"> {
  switch (type) {
    case "int32":
    case "int64":
    case "float32":
    case "float64":
      return { kind: "numeric", value: (column) => `CAST(${column} AS DOUBLE)` };
    case "bool":
      return { kind: "categorical", value: (column) => `CAST(${column} AS VARCHAR)` };
    case "string":
      // Longer texts are no levels that people could tell apart.
      return { kind: "categorical", value: (column) => `left(${column}, 200)` };
    default:
      return { kind: "categorical", value: (column) => `CASE WHEN ${column} IS NOT NULL THEN 'present' END` };
  }
}

/** Returns the column of a training set by feature of a version of a view. Other columns may have the name of a feature. */
export function columnsOfView(
  { views, features, fullNames }: Pick<TrainingSetRequest, "views" | "features" | "fullNames">,
  { id, version }: { id: string; version: number },
): Map<string, string> {
  const columns = new Map<string, string>();
  for (const { view, feature } of features) {
    const pinned = views[view];
    // Under two names, with other keys each: the first counts.
    if (pinned?.viewId !== id || pinned.version !== version || columns.has(feature)) continue;
    columns.set(feature, joinedColumn(pinned, feature, fullNames));
  }
  return columns;
}

/** Writes a column of a table of the engine. */
export function columnOf(name: string): string {
  return `source.${identifier(name)}`;
}

/** Since when rows have all that the current version of a view measures, in milliseconds since 1970; 0 for always. */
export function measuredSince({ current, versions }: Pick<DefinedView, "current" | "versions">): number {
  const wanted = measuresOf(current);
  let since = current;
  for (;;) {
    const before = versions.get(since.version - 1);
    if (!before) return 0;
    if (measuresOf(before) !== wanted) return since.createdAt.getTime();
    since = before;
  }
}

function measuresOf(version: ViewVersion): string {
  const measures = measuredFeatures(version).map(({ name, type }) => `${name} ${type}`);
  // Rows with other join keys are not read.
  const keys = version.entities.map(({ joinKey, type }) => `${joinKey} ${type}`);
  return [...keys, "", ...measures.sort()].join("\n");
}
