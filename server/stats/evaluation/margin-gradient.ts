import type { ClassMargins, MarginMetric } from "./class-margins.ts";

/** Derivatives of a metric by the rows of each class, the predictions of it, and its correct ones. */
export interface MarginGradient {
  support: Float64Array;
  predicted: Float64Array;
  hits: Float64Array;
}

/**
 * Computes the derivatives of a metric over all classes by its margins. A row of class t that was predicted as class a then has the influence
 * support[t] + predicted[a], and hits[t] more if it is correct: the sum over all rows is 0, because the metric does not depend on their number
 * (infinitesimal jackknife, docs/spec/evaluation.md section 9.5). All are 0 where the metric is undefined or has no derivative.
 */
export function marginGradient(margins: ClassMargins, metric: MarginMetric): MarginGradient {
  const { support, predicted, hits, rows } = margins;
  const of = () => new Float64Array(support.length);
  const gradient: MarginGradient = { support: of(), predicted: of(), hits: of() };
  if (!(rows > 0)) return gradient;
  if (metric === "kappa" || metric === "mcc") agreementGradient(margins, metric, gradient);
  else if (metric === "microF1") {
    const [hit, size] = [sumOver(hits), rows + sumOver(predicted)];
    gradient.hits.fill(2 / size);
    gradient.support.fill((-2 * hit) / size ** 2);
    gradient.predicted.fill((-2 * hit) / size ** 2);
  } else if (metric === "balancedAccuracy") {
    const classes = support.reduce((count, own) => count + (own > 0 ? 1 : 0), 0);
    for (let label = 0; label < support.length; label += 1) {
      const own = support[label] as number;
      if (own === 0) continue;
      gradient.hits[label] = 1 / (own * classes);
      gradient.support[label] = -(hits[label] as number) / (own * own * classes);
    }
  } else f1Gradient(margins, metric === "weightedF1", gradient);
  return gradient;
}

function f1Gradient({ support, predicted, hits, rows }: ClassMargins, isWeighted: boolean, into: MarginGradient): void {
  let mean = 0;
  for (let label = 0; label < support.length; label += 1) {
    const [own, said, hit] = [support[label] as number, predicted[label] as number, hits[label] as number];
    if (own + said === 0) continue;
    const weight = isWeighted ? own / rows : 1 / support.length;
    const f1 = (2 * hit) / (own + said);
    into.hits[label] = (2 * weight) / (own + said);
    into.support[label] = (-f1 * weight) / (own + said) + (isWeighted ? f1 / rows : 0);
    into.predicted[label] = (-f1 * weight) / (own + said);
    mean += f1 * weight;
  }
  if (!isWeighted) return;
  for (let label = 0; label < support.length; label += 1) {
    into.support[label] = (into.support[label] as number) - mean / rows;
  }
}

function agreementGradient(
  { support, predicted, hits, rows }: ClassMargins,
  metric: "kappa" | "mcc",
  into: MarginGradient,
): void {
  let [hit, said, cross, squaredSupport, squaredSaid] = [0, 0, 0, 0, 0];
  for (let label = 0; label < support.length; label += 1) {
    const [own, predictions] = [support[label] as number, predicted[label] as number];
    hit += hits[label] as number;
    said += predictions;
    cross += own * predictions;
    squaredSupport += own * own;
    squaredSaid += predictions * predictions;
  }
  const square = rows * rows;
  const excess = hit * rows - cross;
  const negligible = 1e-12 * square;
  const [supportSpread, saidSpread] = [square - squaredSupport, square - squaredSaid - (rows - said) ** 2];
  const below = square - cross;
  const root = Math.sqrt(supportSpread * saidSpread);
  if (metric === "kappa" ? !(below > negligible) : !(supportSpread > negligible && saidSpread > negligible)) return;
  for (let label = 0; label < support.length; label += 1) {
    const [own, predictions] = [support[label] as number, predicted[label] as number];
    // Derivatives of the excess: one more row of the class is one more row, too.
    const [bySupport, byPredicted] = [hit - predictions, -own];
    if (metric === "kappa") {
      into.hits[label] = rows / below;
      into.support[label] = (bySupport * below - excess * (2 * rows - predictions)) / (below * below);
      into.predicted[label] = (byPredicted * below + excess * own) / (below * below);
      continue;
    }
    const logBySupport = (rows - own) / supportSpread + said / saidSpread;
    const logByPredicted = (rows - said - predictions) / saidSpread;
    into.hits[label] = rows / root;
    into.support[label] = (bySupport - excess * logBySupport) / root;
    into.predicted[label] = (byPredicted - excess * logByPredicted) / root;
  }
}

function sumOver(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
