import { formatCountOf, formatNumber, formatPercent, plural } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { ReferenceProfile } from "#server/watch/monitoring/profiles/contract.ts";

/** Address of the page about a version's references. */
export function referenceHref(model: string, version: number): string {
  return `/models/${encodeURIComponent(model)}/v${version}/reference`;
}

/** Describes the source of the rows: "rows of flights (0c0ffee0)". */
export function describeSource({ source }: Pick<ReferenceProfile, "source">): string {
  if (source.kind === "traffic") {
    return `recorded requests from ${day(source.from)} to ${day(source.to)}`;
  }
  const part = source.where ? ` where ${source.where.column} is ${source.where.value}` : "";
  return `rows of ${source.name} (${source.digest.slice(0, 8)})${part}`;
}

function day(at: Date | string): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Returns the icon and label of a reference's state. */
export function status(profile: ReferenceProfile, inForceId: string | undefined): { state: State; word: string } {
  if (profile.state === "waiting") return { state: "not-started", word: "Queued" };
  if (profile.state === "running") return { state: "running", word: progress(profile) };
  if (profile.state === "failed") return { state: "missed", word: "Failed" };
  if (profile.retiredAt) return { state: "finished", word: "Retired" };
  return profile.id === inForceId ? { state: "on-target", word: "In effect" } : { state: "finished", word: "Replaced" };
}

/** Formats progress as "Reading: 12,000 of 45,000 rows". */
function progress({ rowsRead, rowsExpected }: ReferenceProfile): string {
  return rowsExpected === null
    ? `Reading: ${plural(rowsRead, "row")} so far`
    : `Reading: ${formatCountOf(rowsRead, rowsExpected)} rows`;
}

const shares: Record<string, string> = {
  accuracy: "accuracy",
  precision: "precision",
  recall: "recall",
  f1: "F1",
  specificity: "specificity",
  rocAuc: "ROC AUC",
  averagePrecision: "average precision",
  macroPrecision: "macro precision",
  macroRecall: "macro recall",
  macroF1: "macro F1",
  meanAbsolutePercentageError: "mean absolute percentage error",
  weightedAbsolutePercentageError: "weighted absolute percentage error",
};
const numbers: Record<string, string> = {
  meanAbsoluteError: "mean absolute error",
  rootMeanSquaredError: "root mean squared error",
  bias: "bias (prediction minus actual)",
  r2: "R²",
};

/** Returns names and values of the quality metrics of the version on its reference. */
export function qualityFacts({ quality }: ReferenceProfile): { name: string; value: string }[] {
  return Object.entries(quality?.metrics ?? {}).flatMap(([metric, value]) => {
    if (value === null) return [];
    if (shares[metric]) return [{ name: shares[metric], value: formatPercent(value, { decimals: 1 }) }];
    return numbers[metric] ? [{ name: numbers[metric], value: formatNumber(value) }] : [];
  });
}

/** Describes the effect of calibration on scores, in a sentence. */
export function describeCalibration({ quality, calibration }: ReferenceProfile): string {
  if (!quality) return "no labels, so scores are used uncalibrated";
  if (quality.taskKind === "regression") return "regression model";
  if (!calibration || Object.keys(calibration.maps).length === 0)
    return "scores are used as they are: calibration would not improve them";
  const [before, after] = [calibration.errorBefore, calibration.errorAfter].map((error) =>
    formatPercent(error, { decimals: 2 }),
  );
  return `isotonic calibration reduces the expected calibration error from ${before} to ${after}`;
}
