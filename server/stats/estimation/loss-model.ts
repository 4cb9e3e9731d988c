import { ArgumentError } from "../argument-error.ts";

/**
 * Direct loss estimation (docs/spec/drift.md section 11.5) in a form that needs no rows afterwards: boosted stumps on binned columns are a sum of one
 * effect a column, so that the mean loss of a window is a sum over its histograms, whatever its range and segment.
 * Friedman, "Greedy function approximation", Annals of Statistics 29, 2001; Lou et al., "Intelligible models", KDD 2012.
 */
export interface LossModel {
  /** Mean loss of the rows it was fitted on. */
  base: number;
  /** Effect of each column and bin on the loss. */
  effects: number[][];
  /** Standard deviation of what a single row's loss has beyond its estimate. */
  deviation: number;
}

/** A column of rows: the bin of each row, with how many bins there are. Bins of numbers are in order; of names they are not. */
export interface BinnedColumn {
  bins: ArrayLike<number>;
  size: number;
  isOrdered: boolean;
}

const maxRounds = 300;
const pace = 0.15;
const maxBins = 1e6;
/** A side of a split needs as many rows: less is noise. */
const minRows = 20;

/**
 * Fits the model: each round takes a small step along the split of one column that reduces the squared error most.
 * @param losses of each row, such as |error| or error²
 * @throws ArgumentError for a number of bins that is not whole
 */
export function fitLossModel(columns: readonly BinnedColumn[], losses: ArrayLike<number>): LossModel {
  for (const { size } of columns) {
    if (!(Number.isInteger(size) && size >= 0 && size <= maxBins)) {
      throw new ArgumentError("The number of bins must be a whole number up to a million.");
    }
  }
  const rows = losses.length;
  let base = 0;
  for (let at = 0; at < rows; at += 1) base += (losses[at] as number) / rows;
  const rest = Float64Array.from(losses, (loss) => loss - base);
  const effects = columns.map(({ size }) => new Array<number>(size).fill(0));
  const counts = columns.map((column) => countsOf(column, rows));
  for (let round = 0; round < maxRounds; round += 1) {
    const best = bestSplit(columns, counts, rest);
    if (!best || best.gain < 1e-6 * rows * base * base) break;
    const { column, isHigh, low, high } = best;
    const steps = isHigh.map((is) => pace * (is ? high : low));
    steps.forEach((step, bin) => {
      (effects[column] as number[])[bin] = ((effects[column] as number[])[bin] as number) + step;
    });
    const { bins } = columns[column] as BinnedColumn;
    for (let at = 0; at < rows; at += 1) rest[at] = (rest[at] as number) - (steps[bins[at] as number] as number);
  }
  const squares = rest.reduce((sum, value) => sum + value * value, 0);
  return { base, effects, deviation: rows > 0 ? Math.sqrt(squares / rows) : 0 };
}

/**
 * Computes the mean loss of a window from its histograms, one per column in the order of the fit. A column without rows counts as the
 * reference.
 */
export function expectedLoss(model: LossModel, histograms: readonly ArrayLike<number>[]): number {
  return histograms.reduce((loss, histogram, column) => {
    let [sum, total] = [0, 0];
    for (let bin = 0; bin < histogram.length; bin += 1) {
      total += histogram[bin] as number;
      sum += (histogram[bin] as number) * (model.effects[column]?.[bin] ?? 0);
    }
    return total > 0 ? loss + sum / total : loss;
  }, model.base);
}

function countsOf({ bins, size }: BinnedColumn, rows: number): Float64Array {
  const counts = new Float64Array(size);
  for (let at = 0; at < rows; at += 1) counts[bins[at] as number] = (counts[bins[at] as number] as number) + 1;
  return counts;
}

interface Split {
  column: number;
  isHigh: boolean[];
  low: number;
  high: number;
  gain: number;
}

function bestSplit(columns: readonly BinnedColumn[], counts: Float64Array[], rest: Float64Array): Split | null {
  let best: Split | null = null;
  columns.forEach((column, index) => {
    const split = splitOf(column, counts[index] as Float64Array, rest);
    if (split && split.gain > (best?.gain ?? 0)) best = { column: index, ...split };
  });
  return best;
}

function splitOf({ bins, size, isOrdered }: BinnedColumn, counts: Float64Array, rest: Float64Array) {
  const sums = new Float64Array(size);
  for (let at = 0; at < rest.length; at += 1) {
    sums[bins[at] as number] = (sums[bins[at] as number] as number) + (rest[at] as number);
  }
  const order = Array.from({ length: size }, (_, bin) => bin).filter((bin) => (counts[bin] as number) > 0);
  // For categories, ordering bins by their mean finds the best of all two-way splits (Fisher 1958).
  const meanOf = (bin: number) => (sums[bin] as number) / (counts[bin] as number);
  if (!isOrdered) order.sort((a, b) => meanOf(a) - meanOf(b));
  const total = rest.length;
  const denominator = sums.reduce((sum, value) => sum + value, 0);
  let [below, sum] = [0, 0];
  let best: { cut: number; gain: number; low: number; high: number } | null = null;
  order.forEach((bin, index) => {
    below += counts[bin] as number;
    sum += sums[bin] as number;
    if (below < minRows || total - below < minRows) return;
    const gain = (sum * sum) / below + (denominator - sum) ** 2 / (total - below);
    if (gain > (best?.gain ?? 0)) {
      best = { cut: index, gain, low: sum / below, high: (denominator - sum) / (total - below) };
    }
  });
  const found = best as { cut: number; gain: number; low: number; high: number } | null;
  if (!found) return null;
  const isHigh = new Array<boolean>(size).fill(false);
  order.forEach((bin, index) => {
    isHigh[bin] = index > found.cut;
  });
  return { isHigh, low: found.low, high: found.high, gain: found.gain };
}
