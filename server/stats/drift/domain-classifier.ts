import { ArgumentError } from "../argument-error.ts";
import { normalQuantile, normalShareBelow } from "../normal.ts";
import { seededRandom, shuffled } from "../random.ts";
import { type ClassifiedFeature, designMatrix } from "./design-matrix.ts";

/** Result of testing whether a model can distinguish the window's rows from the reference's (docs/spec/drift.md section 9). */
export interface DomainVerdict {
  /** AUC on rows that the model was not trained on; 0.5 distinguishes nothing. */
  auc: number;
  /** 0.5 + z(1 − α) · sd: what no more than α of windows without drift exceed. */
  line: number;
  pValue: number;
  isDrift: boolean;
  /** 2 · AUC − 1: at 0 nothing, at 1 all rows can be distinguished. */
  size: number;
  /** Rows that were held out, of each side. */
  heldOut: { reference: number; current: number };
  /** Shares of the features in the distinction, the largest first, summing to 1. */
  reasons: { feature: string; share: number }[];
}

/** Maximum number of rows used of each side. */
export const maxClassifierRows = 5000;
/** Minimum number of rows of either side that can be split in two. */
export const minClassifierRows = 50;

/** Computes the deviation and the threshold at α of an uninformative classifier's AUC, which is the Mann–Whitney statistic. */
export function aucNull(n1: number, n0: number, alpha: number): { deviation: number; line: number } {
  const deviation = Math.sqrt((n1 + n0 + 1) / (12 * n1 * n0));
  return { deviation, line: 0.5 - normalQuantile(alpha) * deviation };
}

/**
 * Labels rows of the reference 0 and rows of the window 1, equally many, fits a ridge logistic regression to one half of each, and
 * evaluates how well it orders the other half. Detects changes in the relation between features, which no feature alone shows, only as
 * far as a linear model does.
 * @param options.seed determines which rows are taken and how they are split.
 * @throws ArgumentError with fewer than 50 rows on either side.
 */
export function domainClassifier(
  features: readonly ClassifiedFeature[],
  { alpha, seed }: { alpha: number; seed: number },
): DomainVerdict {
  const [n, m] = [features[0]?.reference.length ?? 0, features[0]?.current.length ?? 0];
  if (Math.min(n, m) < minClassifierRows) throw new ArgumentError("A classifier needs at least 50 rows on each side.");
  const random = seededRandom(seed);
  const each = Math.min(n, m, maxClassifierRows);
  const reference = shuffled(n, random).slice(0, each);
  const current = shuffled(m, random).slice(0, each);
  const sampledFeatures = features.map((feature) => ({
    ...feature,
    reference: reference.map((row) => feature.reference[row] ?? null),
    current: current.map((row) => feature.current[row] ?? null),
  }));
  const { columns } = designMatrix(sampledFeatures);
  const half = Math.floor(each / 2);
  const isTrained = (row: number) => row % each < half;
  const all = Array.from({ length: 2 * each }, (_, row) => row);
  const label = (row: number) => (row < each ? 0 : 1);
  const values = columns.map((column) => column.values);
  const weights = ridgeLogistic(values, all.filter(isTrained), label);
  const held = all.filter((row) => !isTrained(row));
  const scores = held.map((row) =>
    values.reduce((sum, column, index) => sum + (column[row] as number) * (weights[index] as number), 0),
  );
  const auc = aucOf(scores, held.map(label));
  const { deviation, line } = aucNull(each - half, each - half, alpha);
  return {
    auc,
    line,
    pValue: normalShareBelow(-(auc - 0.5) / deviation),
    isDrift: auc > line,
    size: 2 * auc - 1,
    heldOut: { reference: each - half, current: each - half },
    reasons: reasonsOf(
      features,
      columns.map((column, index) => ({ feature: column.feature, weight: weights[index] as number })),
    ),
  };
}

const rounds = 150;

/** Weights of standardised columns by accelerated gradient steps (Nesterov) on the mean log loss with a ridge of 1 / rows for each column. */
function ridgeLogistic(columns: Float64Array[], rows: number[], label: (row: number) => number): Float64Array {
  const count = columns.length;
  const [weights, ahead, before] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const ridge = 1 / Math.sqrt(rows.length);
  const step = 4 / (count + 4 * ridge + 1);
  const errors = new Float64Array(rows.length);
  for (let round = 1; round <= rounds; round += 1) {
    errors.fill(0);
    for (let index = 0; index < count; index += 1) {
      const [column, weight] = [columns[index] as Float64Array, ahead[index] as number];
      if (weight !== 0)
        for (let at = 0; at < rows.length; at += 1)
          errors[at] = (errors[at] as number) + weight * (column[rows[at] as number] as number);
    }
    for (let at = 0; at < rows.length; at += 1)
      errors[at] = 1 / (1 + Math.exp(-(errors[at] as number))) - label(rows[at] as number);
    for (let index = 0; index < count; index += 1) {
      const column = columns[index] as Float64Array;
      let gradient = 0;
      for (let at = 0; at < rows.length; at += 1)
        gradient += (errors[at] as number) * (column[rows[at] as number] as number);
      const slope = gradient / rows.length + ridge * (ahead[index] as number);
      before[index] = weights[index] as number;
      weights[index] = (ahead[index] as number) - step * slope;
    }
    const momentum = (round - 1) / (round + 2);
    for (let index = 0; index < count; index += 1)
      ahead[index] = (weights[index] as number) + momentum * ((weights[index] as number) - (before[index] as number));
  }
  return weights;
}

/** Computes the share of correctly ordered pairs, ties counting half (Mann–Whitney). */
export function aucOf(scores: readonly number[], labels: readonly number[]): number {
  const order = scores.map((_, index) => index).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let [rankSum, ones] = [0, 0];
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to] as number] === scores[order[from] as number]) to += 1;
    for (let at = from; at < to; at += 1) {
      if (labels[order[at] as number] !== 1) continue;
      rankSum += (from + to + 1) / 2;
      ones += 1;
    }
    from = to;
  }
  const zeros = order.length - ones;
  return ones === 0 || zeros === 0 ? 0.5 : (rankSum - (ones * (ones + 1)) / 2) / (ones * zeros);
}

function reasonsOf(features: readonly ClassifiedFeature[], weights: { feature: number; weight: number }[]) {
  const sums = features.map(() => 0);
  for (const { feature, weight } of weights) sums[feature] = (sums[feature] as number) + Math.abs(weight);
  const total = sums.reduce((sum, own) => sum + own, 0) || 1;
  return features
    .map(({ name }, index) => ({ feature: name, share: (sums[index] as number) / total }))
    .sort((a, b) => b.share - a.share);
}
