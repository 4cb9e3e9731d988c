import { type ClassProbabilities, countRows, requireLabels } from "./class-probabilities.ts";
import { classThresholds } from "./class-thresholds.ts";

/** Scores of a label between 0 and 1, the lower the more doubtful (docs/spec/labelling.md section 8.2). */
export type QualityScore = "self-confidence" | "normalised-margin" | "confidence-weighted-entropy";

/** A probability of the given class never counts as less, so that it can divide. */
const minConfidence = 1e-6;

/**
 * Scores the label of each row by the model's probabilities: its own, p; how far it leads, (p − largest other + 1) / 2; or ln(1 + e) / e, where e
 * is the entropy, as a share of the largest possible, divided by p.
 * @throws ArgumentError for labels or probabilities that are none
 */
export function labelQuality(
  labels: ArrayLike<number>,
  probabilities: ClassProbabilities,
  score: QualityScore = "self-confidence",
): Float64Array {
  const { values, classes } = probabilities;
  const rows = countRows(probabilities);
  requireLabels(labels, rows, classes);
  const scores = new Float64Array(rows);
  for (let row = 0, from = 0; row < rows; row += 1, from += classes) {
    const label = labels[row] as number;
    const own = values[from + label] as number;
    if (score === "self-confidence") scores[row] = own;
    else if (score === "normalised-margin") scores[row] = marginOf(values, { classes, from, label });
    else scores[row] = entropyScore(own, entropyOf(values, { classes, from }));
  }
  return scores;
}

/**
 * Subtracts the threshold of each class from its probabilities, so that scores of rare and common classes can be compared: p − threshold + largest
 * threshold, scaled to a sum of 1. Meant for `labelQuality`; the reference calls it adjusted.
 * @throws ArgumentError for labels or probabilities that are none
 */
export function adjustedProbabilities(
  labels: ArrayLike<number>,
  probabilities: ClassProbabilities,
): { values: Float64Array; classes: number } {
  const { values, classes } = probabilities;
  const thresholds = classThresholds(labels, probabilities);
  const largest = thresholds.reduce((most, threshold) => Math.max(most, threshold), 0);
  const adjusted = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += classes) {
    let sum = 0;
    for (let k = 0; k < classes; k += 1) {
      const value = (values[from + k] as number) - (thresholds[k] as number) + largest;
      adjusted[from + k] = value;
      sum += value;
    }
    for (let k = 0; k < classes; k += 1)
      adjusted[from + k] = sum > 0 ? (adjusted[from + k] as number) / sum : 1 / classes;
  }
  return { values: adjusted, classes };
}

interface RowOf {
  classes: number;
  from: number;
}

/** Computes the normalised margin of a label in the row that begins at `from`; with one class only its probability leads. */
function marginOf(values: ArrayLike<number>, { classes, from, label }: RowOf & { label: number }): number {
  let other = 0;
  for (let k = 0; k < classes; k += 1) if (k !== label) other = Math.max(other, values[from + k] as number);
  return ((values[from + label] as number) - other + 1) / 2;
}

/** Computes the entropy of the row that begins at `from`, divided by ln of the number of classes: 0 for certainty, 1 for equal shares. */
function entropyOf(values: ArrayLike<number>, { classes, from }: RowOf): number {
  let sum = 0;
  for (let k = 0; k < classes; k += 1) {
    const value = values[from + k] as number;
    if (value > 0) sum -= value * Math.log(value);
  }
  return classes > 1 ? sum / Math.log(classes) : 0;
}

/** A certain model has no entropy, and the score is the limit there: 1 for the class it is certain of, 0 for another. */
function entropyScore(own: number, entropy: number): number {
  if (entropy <= 0) return own;
  const ratio = entropy / Math.max(minConfidence, own);
  return Math.log1p(ratio) / ratio;
}
