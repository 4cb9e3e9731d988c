import { type ClassProbabilities, countRows, requireLabels } from "./class-probabilities.ts";

/** Threshold of a class that no row is labelled with: above every probability. */
export const noThreshold = 2;

/** The smallest threshold: above the tolerance with which probabilities are compared with it, so that a probability of 0 never reaches it. */
export const minThreshold = 2e-6;

/**
 * Computes for each class the mean probability of it over the rows labelled with it (docs/spec/labelling.md section 8.1). A rare class that
 * the model is seldom sure of has a low threshold, which protects it.
 * @returns by class; `noThreshold` for a class without rows
 * @throws ArgumentError for labels or probabilities that are none
 */
export function classThresholds(labels: ArrayLike<number>, probabilities: ClassProbabilities): Float64Array {
  const { values, classes } = probabilities;
  const rows = countRows(probabilities);
  requireLabels(labels, rows, classes);
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)];
  for (let row = 0; row < rows; row += 1) {
    const label = labels[row] as number;
    sums[label] = (sums[label] as number) + (values[row * classes + label] as number);
    counts[label] = (counts[label] as number) + 1;
  }
  return sums.map((sum, label) => {
    const count = counts[label] as number;
    return count > 0 ? Math.max(minThreshold, sum / count) : noThreshold;
  });
}
