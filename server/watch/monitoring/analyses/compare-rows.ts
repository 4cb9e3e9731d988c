import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { levelColumn, numericColumn } from "#server/stats/drift/compatible/column.ts";
import { comparisonOf } from "../compare/compare-tables.ts";
import { evaluateColumn } from "../compare/evaluate-column.ts";
import type { Sides } from "../compare/sides.ts";
import type { FeatureValue } from "../features/contract.ts";
import type { AnalysisQuestion, AnalysisResult } from "./contract.ts";
import { type RowsOfFeature, rowsOfSides } from "./rows-of-sides.ts";
import type { OnProgress } from "./run-analysis.ts";

/**
 * Computes the scores that Evidently and NannyML print for the rows of a range against the reference sample, with the profile's feature
 * types.
 */
export async function compareRows(
  ctx: Context,
  question: Extract<AnalysisQuestion, { kind: "compatible-scores" }>,
  artifacts: ArtifactStore,
  onProgress: OnProgress,
): Promise<AnalysisResult> {
  const features = await rowsOfSides(ctx, question, artifacts, onProgress);
  const rows = { reference: features[0]?.reference.length ?? 0, current: features[0]?.current.length ?? 0 };
  if (rows.current === 0) {
    throw new DomainError("invalid", "The prediction log contains no rows in this range.");
  }
  const columns = features.map((feature) =>
    evaluateColumn(sidesOfFeature(feature), question.settings, features.length),
  );
  return { kind: "comparison", comparison: comparisonOf(columns, rows) };
}

function sidesOfFeature({ name, kind, reference, current }: RowsOfFeature): Sides {
  const isNumeric = kind === "numeric";
  const column = (values: FeatureValue[]) =>
    isNumeric
      ? numericColumn(values.map((value) => (typeof value === "number" ? value : Number.NaN)))
      : levelColumn(values.flatMap((value) => (value === null || value === undefined ? [] : [String(value)])));
  const missingOf = (values: FeatureValue[]) =>
    values.filter((value) => value === null || value === undefined || (isNumeric && !Number.isFinite(value))).length;
  return {
    name,
    type: isNumeric ? "numerical" : "categorical",
    reference: column(reference),
    current: column(current),
    referenceMissing: missingOf(reference),
    missing: missingOf(current),
  };
}
