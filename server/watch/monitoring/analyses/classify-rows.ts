import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatCount, formatSignificant } from "#server/base/format-number.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { type DomainVerdict, domainClassifier, minClassifierRows } from "#server/stats/drift/domain-classifier.ts";
import type { FeatureValue } from "../features/contract.ts";
import type { AnalysisQuestion, AnalysisResult } from "./contract.ts";
import { rowsOfSides } from "./rows-of-sides.ts";
import type { OnProgress } from "./run-analysis.ts";

/** Fixed seed, so that repeating an analysis gives the same result. */
const seed = 20_130_101;

/**
 * Tests whether a model can distinguish rows of the range from reference rows by their inputs.
 * @throws DomainError "invalid" for too few rows
 */
export async function classifyRows(
  ctx: Context,
  question: Extract<AnalysisQuestion, { kind: "domain-classifier" }>,
  artifacts: ArtifactStore,
  onProgress: OnProgress,
): Promise<AnalysisResult> {
  const rows = await rowsOfSides(ctx, question, artifacts, onProgress);
  const inputs = rows.filter(({ role }) => role === "input");
  const fewest = Math.min(...inputs.map(({ reference, current }) => Math.min(reference.length, current.length)));
  if (!(fewest >= minClassifierRows)) {
    throw new DomainError(
      "invalid",
      `The prediction log contains ${formatCount(Number.isFinite(fewest) ? fewest : 0)} rows in this range; at least ${minClassifierRows} are required. Use a longer range, or increase the sampling rate.`,
    );
  }
  const features = inputs.map(({ name, kind, reference, current }) => ({
    name,
    kind,
    reference: reference.map(plain),
    current: current.map(plain),
  }));
  const found = domainClassifier(features, { alpha: question.alpha, seed });
  return { kind: "classifier", classifier: { ...found, words: wordsOf(found) } };
}

function plain(value: FeatureValue): number | string | null {
  return value ?? null;
}

function wordsOf({ auc, line, isDrift, heldOut, reasons }: DomainVerdict): string {
  const on = `on ${formatCount(heldOut.reference)} reference and ${formatCount(heldOut.current)} current held-out rows`;
  if (!isDrift) {
    return `A classifier cannot distinguish these rows from the reference: AUC ${formatSignificant(auc, 3)} ${on}, at or below the threshold of ${formatSignificant(line, 3)}.`;
  }
  const names = reasons.slice(0, 3).map(({ feature }) => `\`${feature}\``);
  return `A classifier can distinguish these rows from the reference: AUC ${formatSignificant(auc, 3)} ${on}, above the threshold of ${formatSignificant(line, 3)}; mainly through ${names.join(", ")}.`;
}
