import type { FeatureType, ViewVersion } from "#server/develop/features/contract.ts";
import { slotsOf } from "#server/develop/features/definitions/view-features.ts";
import { identifier } from "#server/develop/features/offline/engine/sql-text.ts";

/** A feature of a view as its distribution is measured. */
export interface MeasuredFeature {
  name: string;
  kind: "numeric" | "categorical";
  /** Writes its value for the engine: a number or a level. */
  value(column: string): string;
}

/**
 * Lists what rows of a version store, as distributions: numbers as numbers, texts and booleans as levels. Of everything else only whether there is a
 * value counts.
 */
export function measuredFeatures(version: ViewVersion): MeasuredFeature[] {
  return slotsOf(version).map(({ name, type }) => ({ name, ...measureOf(type) }));
}

function measureOf(type: FeatureType): Omit<MeasuredFeature, "name"> {
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

/** The column that a training set has for a feature: its own name, or with the name of the view in front. */
export function columnOfFeature(view: string, feature: string, columns: readonly string[]): string | undefined {
  return [feature, `${view}__${feature}`].find((name) => columns.includes(name));
}

/** Writes a column of a table of the engine. */
export function columnOf(name: string): string {
  return `source.${identifier(name)}`;
}
