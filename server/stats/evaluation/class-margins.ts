import { ArgumentError } from "../argument-error.ts";

/**
 * What classification metrics need of a confusion matrix: rows of each class, predictions of it, and correct ones. Rows without an answer
 * count in `support` and `rows` only.
 */
export interface ClassMargins {
  support: Float64Array;
  predicted: Float64Array;
  hits: Float64Array;
  rows: number;
}

/** Metrics over all classes that margins determine. */
export type MarginMetric = "balancedAccuracy" | "macroF1" | "microF1" | "weightedF1" | "kappa" | "mcc";

/** Metrics of one class. */
export type OneClassMetric = "precision" | "recall" | "f1";

/** Creates margins before any row. @throws ArgumentError unless the classes are a whole number from 1 to 65,535 */
export function emptyMargins(classes: number): ClassMargins {
  if (!(Number.isInteger(classes) && classes >= 1 && classes <= 0xffff)) {
    throw new ArgumentError("The number of classes must be a whole number from 1 to 65,535.");
  }
  const of = () => new Float64Array(classes);
  return { support: of(), predicted: of(), hits: of(), rows: 0 };
}

/** Computes precision, recall or F1 of one class; NaN where its denominator is 0 (docs/spec/evaluation.md section 2.2). */
export function oneClassMetric(
  { support, predicted, hits }: ClassMargins,
  metric: OneClassMetric,
  label: number,
): number {
  const [rows, said, hit] = [support[label] as number, predicted[label] as number, hits[label] as number];
  if (metric === "precision") return hit / said;
  if (metric === "recall") return hit / rows;
  return (2 * hit) / (rows + said);
}

/**
 * Computes a metric over all classes; NaN where it is undefined. Macro F1 counts a class that neither occurs nor is predicted as 0, as
 * scikit-learn does for declared labels; balanced accuracy leaves out classes that do not occur; the correlation of Matthews (Gorodkin,
 * "Comparing two K-category assignments by a K-category correlation coefficient", 2004) is 0 where all rows or all predictions are of one
 * class, and kappa (Cohen 1960) is undefined where chance alone agrees always (docs/spec/evaluation.md section 2.2).
 */
export function marginMetric(margins: ClassMargins, metric: MarginMetric): number {
  const { support, predicted, hits, rows } = margins;
  if (!(rows > 0)) return Number.NaN;
  const classes = support.length;
  if (metric === "kappa" || metric === "mcc") return agreement(margins, metric);
  if (metric === "microF1") {
    const [hit, said] = [sumOf(hits), sumOf(predicted)];
    return (2 * hit) / (said + rows);
  }
  let [sum, weight] = [0, 0];
  for (let label = 0; label < classes; label += 1) {
    const [of, said, hit] = [support[label] as number, predicted[label] as number, hits[label] as number];
    const f1 = of + said > 0 ? (2 * hit) / (of + said) : 0;
    if (metric === "macroF1") {
      sum += f1;
      weight += 1;
    } else if (metric === "weightedF1") {
      sum += of * f1;
      weight += of;
    } else if (of > 0) {
      sum += hit / of;
      weight += 1;
    }
  }
  return sum / weight;
}

function agreement({ support, predicted, hits, rows }: ClassMargins, metric: "kappa" | "mcc"): number {
  let [hit, said, cross, squaredSupport, squaredSaid] = [0, 0, 0, 0, 0];
  for (let label = 0; label < support.length; label += 1) {
    const [of, predictions] = [support[label] as number, predicted[label] as number];
    hit += hits[label] as number;
    said += predictions;
    cross += of * predictions;
    squaredSupport += of * of;
    squaredSaid += predictions * predictions;
  }
  // Rows without an answer are predictions of a class that never occurs.
  squaredSaid += (rows - said) ** 2;
  const square = rows * rows;
  const negligible = 1e-12 * square;
  const excess = hit * rows - cross;
  if (metric === "kappa") return square - cross > negligible ? excess / (square - cross) : Number.NaN;
  const [truthSpread, saidSpread] = [square - squaredSupport, square - squaredSaid];
  if (truthSpread <= negligible || saidSpread <= negligible) return 0;
  return excess / Math.sqrt(truthSpread * saidSpread);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
