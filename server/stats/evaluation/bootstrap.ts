import { ArgumentError, requireCounts, requireFinite } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { seededRandom } from "../random.ts";
import { poissonTables } from "./poisson-tables.ts";

/** How resamples are drawn. */
export interface BootstrapOptions {
  /** 1,000 by default. */
  resamples?: number | undefined;
  seed?: number | undefined;
  /** Confidence level of the interval, 0.95 by default. */
  level?: number | undefined;
}

/** Writes statistics of a resample; NaN where one is undefined. */
type WriteStatistics = (drawn: Float64Array, into: Float64Array) => void;

/** Up to so many rows, each row is drawn; counts of larger tables are drawn by cell. */
const maxDrawnRows = 2_048;
/** More units than this are pooled at random. */
const maxUnits = 1_000;
const maxResamples = 100_000;
/** A statistic that is undefined in more than this share of resamples has no interval. */
const maxUndefined = 0.1;

/**
 * Computes percentile intervals of statistics of counts: rows are resampled, and only how many fall into each cell matters. Up to 2,048 rows
 * are drawn one by one, which is the multinomial distribution; of more, each cell is an independent Poisson count, which differs by a
 * random total that ratios do not see (Chamandy, Muralidharan, Najmi, Naidu, "Estimating uncertainty for massive data streams", 2012;
 * docs/spec/evaluation.md section 2.5).
 * @param counts whole rows in each cell @param statistics how many statistics there are
 * @param write computes them from the drawn counts, in the order of the cells @returns an interval per statistic
 * @throws ArgumentError for counts that are not whole numbers from 0 to 2^53
 */
export function bootstrapOfCounts(
  counts: ArrayLike<number>,
  statistics: number,
  write: WriteStatistics,
  { resamples = 1_000, seed = 1, level = 0.95 }: BootstrapOptions = {},
): (Band | null)[] {
  requireCounts(counts, "Rows of cells");
  checkOptions(statistics, resamples, level);
  let total = 0;
  for (let cell = 0; cell < counts.length; cell += 1) {
    if (!Number.isInteger(counts[cell])) throw new ArgumentError("Rows of cells must be whole numbers.");
    total += counts[cell] as number;
  }
  const random = seededRandom(seed);
  const drawn = new Float64Array(counts.length);
  const courses = coursesOf(statistics, resamples);
  const into = new Float64Array(statistics);
  const draw = total <= maxDrawnRows ? drawRows(counts, total) : drawCells(counts);
  for (let resample = 0; total > 0 && resample < resamples; resample += 1) {
    draw(drawn, random);
    write(drawn, into);
    for (let at = 0; at < statistics; at += 1) (courses[at] as Float64Array)[resample] = into[at] as number;
  }
  return courses.map((values) => (total > 0 ? percentileInterval(values, level) : null));
}

type Draw = (drawn: Float64Array, random: () => number) => void;

function drawRows(counts: ArrayLike<number>, total: number): Draw {
  const cellOf = new Uint32Array(total);
  let row = 0;
  for (let cell = 0; cell < counts.length; cell += 1) {
    cellOf.fill(cell, row, row + (counts[cell] as number));
    row += counts[cell] as number;
  }
  return (drawn, random) => {
    drawn.fill(0);
    for (let at = 0; at < total; at += 1) {
      const cell = cellOf[Math.floor(random() * total)] as number;
      drawn[cell] = (drawn[cell] as number) + 1;
    }
  };
}

function drawCells(counts: ArrayLike<number>): Draw {
  const drawOne = poissonTables(counts);
  const filled: number[] = [];
  for (let cell = 0; cell < counts.length; cell += 1) if ((counts[cell] as number) > 0) filled.push(cell);
  return (drawn, random) => {
    for (const cell of filled) drawn[cell] = drawOne(cell, random);
  };
}

/**
 * Computes percentile intervals of statistics that only weights of units can say: how often each one was drawn (docs/spec/evaluation.md section
 * 2.5).
 * @param write computes the statistics from the weights, which sum to the number of units @returns null with fewer than two units
 */
export function bootstrapOfWeights(
  units: number,
  statistics: number,
  write: WriteStatistics,
  { resamples = 1_000, seed = 1, level = 0.95 }: BootstrapOptions = {},
): (Band | null)[] {
  checkOptions(statistics, resamples, level);
  if (units < 2) return Array.from({ length: statistics }, () => null);
  const random = seededRandom(seed);
  const courses = coursesOf(statistics, resamples);
  const [weights, into] = [new Float64Array(units), new Float64Array(statistics)];
  for (let resample = 0; resample < resamples; resample += 1) {
    weights.fill(0);
    for (let drawn = 0; drawn < units; drawn += 1) {
      const unit = Math.floor(random() * units);
      weights[unit] = (weights[unit] as number) + 1;
    }
    write(weights, into);
    for (let at = 0; at < statistics; at += 1) (courses[at] as Float64Array)[resample] = into[at] as number;
  }
  return courses.map((values) => percentileInterval(values, level));
}

/**
 * Computes percentile intervals of statistics of sums over units, which are resampled whole: rows, or clusters of rows that share an
 * entity. More than 1,000 units are first pooled at random into 1,000, which keeps the variance of every sum and makes the cost independent
 * of the rows: with independent units, a pool is a unit like any other (docs/spec/evaluation.md section 2.5).
 * @param columns values of each unit, one list per sum @param statistics how many statistics there are
 * @param write computes them from the sums, in the order of the columns
 * @returns an interval per statistic; null with fewer than two units
 * @throws ArgumentError for columns of different lengths or numbers that are not finite
 */
export function bootstrapOfSums(
  columns: readonly ArrayLike<number>[],
  statistics: number,
  write: WriteStatistics,
  { resamples = 1_000, seed = 1, level = 0.95 }: BootstrapOptions = {},
): (Band | null)[] {
  checkOptions(statistics, resamples, level);
  const units = columns[0]?.length ?? 0;
  for (const column of columns) {
    if (column.length !== units) throw new ArgumentError("Columns of sums must have the same length.");
    requireFinite(column, "Sums");
  }
  if (units < 2) return Array.from({ length: statistics }, () => null);
  const random = seededRandom(seed);
  const width = columns.length;
  // Wide tables have fewer pools, so that a resample stays affordable.
  const pools = Math.min(units, Math.max(100, Math.min(maxUnits, Math.floor(200_000 / width))));
  const pooled = pool(columns, units, pools, random);
  const courses = coursesOf(statistics, resamples);
  const [sums, into] = [new Float64Array(width), new Float64Array(statistics)];
  for (let resample = 0; resample < resamples; resample += 1) {
    sums.fill(0);
    for (let drawn = 0; drawn < pools; drawn += 1) {
      const from = Math.floor(random() * pools) * width;
      for (let at = 0; at < width; at += 1) sums[at] = (sums[at] as number) + (pooled[from + at] as number);
    }
    write(sums, into);
    for (let at = 0; at < statistics; at += 1) (courses[at] as Float64Array)[resample] = into[at] as number;
  }
  return courses.map((values) => percentileInterval(values, level));
}

/** Adds units to pools: each to one of its own while there are as many, else to a random one. Values of a pool lie side by side. */
function pool(columns: readonly ArrayLike<number>[], units: number, pools: number, random: () => number): Float64Array {
  const width = columns.length;
  const pooled = new Float64Array(pools * width);
  for (let unit = 0; unit < units; unit += 1) {
    const from = (pools === units ? unit : Math.floor(random() * pools)) * width;
    for (let at = 0; at < width; at += 1) {
      pooled[from + at] = (pooled[from + at] as number) + ((columns[at] as ArrayLike<number>)[unit] as number);
    }
  }
  return pooled;
}

/**
 * Returns the interval between two quantiles of resampled statistics: the values at the places ⌊(1 − level)/2 · B⌋ and ⌊(1 + level)/2 · B⌋
 * of the B sorted ones. NaN is undefined; null where more than a tenth is.
 */
export function percentileInterval(values: Float64Array, level: number): Band | null {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  if (known.length === 0 || known.length < (1 - maxUndefined) * values.length) return null;
  const at = (share: number) =>
    known[Math.min(known.length - 1, Math.max(0, Math.floor(share * known.length + 1e-9)))] as number;
  return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
}

function coursesOf(statistics: number, resamples: number): Float64Array[] {
  return Array.from({ length: statistics }, () => new Float64Array(resamples));
}

function checkOptions(statistics: number, resamples: number, level: number): void {
  if (!(Number.isInteger(resamples) && resamples >= 1 && resamples <= maxResamples)) {
    throw new ArgumentError("The number of resamples must be a whole number from 1 to 100,000.");
  }
  if (!(Number.isInteger(statistics) && statistics >= 0 && statistics <= 1_000_000)) {
    throw new ArgumentError("The number of statistics must be a whole number.");
  }
  if (!(level > 0 && level < 1)) throw new ArgumentError("A confidence level must be above 0 and below 1.");
}
