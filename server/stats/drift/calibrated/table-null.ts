import { chiSquareQuantile } from "../../chi-square.ts";
import { incompleteGamma } from "../../gamma.ts";
import { logHypergeometric, type Urn } from "../../hypergeometric.ts";
import { total } from "./calibrated-test.ts";
import type { Cells } from "./pool-cells.ts";

/** What one cell adds to chi-square without drift: its values, none below 0, with their probabilities, and its moments. */
interface CellNull {
  rows: number;
  outcomes: readonly (readonly [value: number, probability: number])[];
  mean: number;
  variance: number;
  third: number;
}

/** From so many expected rows on, a cell adds a chi-square with one degree of freedom: off by 5% at 1e-5. */
export const manyExpected = 2000;
/** Points between 0 and the observed value. */
const steps = 512;
/** Multiplications for the rarest cells, about 5 ms; the others are joined by their moments. */
const maxWork = 6e6;
/**
 * Values between two points of the grid are split, which adds at most a quarter of a squared step to the variance of a cell: at most so
 * large a part of that of the sum.
 */
const maxInflation = 0.02;
/** Smaller probabilities cannot matter. */
const least = 1e-15;

/** The null distribution of chi-square of one table: how rows of one source are dealt out to both samples (permutation). */
export interface TableNull {
  /** Returns the probability of a chi-square of at least `value`. */
  tail: (value: number) => number;
  /** Returns the same from three moments: quick, and good where nothing is at stake. */
  roughTail: (value: number) => number;
  /** Returns about the value that is exceeded with probability `alpha`, by three moments. */
  roughQuantile: (alpha: number) => number;
}

/**
 * Computes the null distribution of the two-sample chi-square of a table (docs/spec/drift.md section 6.2). Each cell but the largest is
 * counted out by its hypergeometric distribution, scaled to mean 1: a sum of these is the chi-square of the table, since the largest
 * cell is what the others leave. Deviations of all cells add up to 0, so that any multiple of them may be subtracted from the sum: with
 * the one that leaves both uncorrelated, cells can be taken as independent. The sum is folded cell by cell on a grid, the rarest first,
 * and the remaining large cells are joined by their first three moments (Pearson's type III). Unlike draws it reaches any α, and unlike the
 * chi-square line it holds for cells that expect less than one row.
 */
export function tableNull({ reference, current }: Cells): TableNull {
  const [n, m] = [total(reference), total(current)];
  const [all, drawn] = [n + m, Math.min(n, m)];
  const pooled = reference.map((count, cell) => count + (current[cell] as number)).sort((a, b) => a - b);
  // Of binomial counts: covariance of a cell's square with its deviation, by the variance of the sum of deviations.
  const slope = (pooled.length * (1 - (2 * drawn) / all) * all) / (n * m);
  const byRows = new Map<number, CellNull>();
  const cells = pooled.slice(0, -1).map((rows) => {
    const known = byRows.get(rows) ?? cellNull({ total: all, marked: rows, drawn }, slope);
    byRows.set(rows, known);
    return known;
  });
  // The mean of chi-square under a permutation is (cells − 1) · N / (N − 1).
  const factor = (all - 1) / all;
  const offset = cells.reduce((sum, { mean }) => sum + mean - 1, 0);
  const joint = momentsOf(cells);
  return {
    tail: (value) => Math.min(1, foldedTail(cells, value * factor + offset)),
    roughTail: (value) => pearsonTail(joint, value * factor + offset),
    roughQuantile: (alpha) =>
      (joint.shift + (joint.scale / 2) * chiSquareQuantile(alpha, 2 * joint.shape) - offset) / factor,
  };
}

/** Computes d² / var − slope · d of the deviation d of a cell, raised so that its smallest value is 0. */
function cellNull(urn: Urn, slope: number): CellNull {
  const { total: all, marked, drawn } = urn;
  const expected = (drawn * marked) / all;
  const spread = (expected * (1 - marked / all) * (all - drawn)) / Math.max(1, all - 1);
  const raised = (slope * slope * spread) / 4;
  const mean = 1 + raised;
  // A normal deviation: 2 and 8 are the cumulants of its square.
  if (expected >= manyExpected)
    return { rows: marked, outcomes: [], mean, variance: 2 + 4 * raised, third: 8 + 24 * raised };
  const outcomes: [number, number][] = [];
  let [variance, third] = [0, 0];
  const add = (hits: number, probability: number) => {
    const away = hits - expected;
    const value = Math.max(0, (away * away) / spread - slope * away + raised);
    outcomes.push([value, probability]);
    variance += probability * (value - mean) ** 2;
    third += probability * (value - mean) ** 3;
  };
  const [first, last] = [Math.max(0, drawn - (all - marked)), Math.min(marked, drawn)];
  const mode = Math.min(last, Math.max(first, Math.floor(expected)));
  const atMode = Math.exp(logHypergeometric(mode, urn));
  // P(x + 1) / P(x) = (marked − x)(drawn − x) / ((x + 1)(total − marked − drawn + x + 1)).
  const ratio = (x: number) => ((marked - x) * (drawn - x)) / ((x + 1) * (all - marked - drawn + x + 1));
  for (let [hits, own] = [mode, atMode]; hits <= last && own > least; hits += 1) {
    add(hits, own);
    own *= ratio(hits);
  }
  for (let [hits, own] = [mode - 1, atMode / ratio(mode - 1)]; hits >= first && own > least; hits -= 1) {
    add(hits, own);
    own /= ratio(hits - 1);
  }
  return { rows: marked, outcomes, mean, variance, third };
}

interface Pearson {
  shift: number;
  scale: number;
  shape: number;
}

/** Returns the gamma distribution with the mean, variance and skewness of the sum of cells. */
function momentsOf(cells: readonly CellNull[]): Pearson {
  let [mean, variance, third] = [0, 0, 0];
  for (const cell of cells) {
    mean += cell.mean;
    variance += cell.variance;
    third += cell.third;
  }
  const scale = Math.max(third, 1e-9) / (2 * Math.max(variance, 1e-9));
  const shape = Math.max(variance, 1e-9) / (scale * scale);
  return { shift: mean - shape * scale, scale, shape };
}

function pearsonTail({ shift, scale, shape }: Pearson, value: number): number {
  return value <= shift ? 1 : incompleteGamma(shape, (value - shift) / scale).upper;
}

/** Computes P(sum ≥ value): mass that leaves the grid from 0 to the value is gathered, so that small tails keep their digits. */
function foldedTail(cells: readonly CellNull[], value: number): number {
  if (value <= 0) return 1;
  let grid = new Float64Array(steps);
  grid[0] = 1;
  let [beyond, work, done] = [0, 0, 0];
  const spread = cells.reduce((sum, { variance }) => sum + variance, 0);
  const maxFolded = (4 * maxInflation * spread) / (value / steps) ** 2;
  const kernels = new Map<number, [step: number, probability: number][]>();
  for (const cell of cells) {
    if (cell.outcomes.length === 0 || done >= maxFolded) break;
    const kernel = kernels.get(cell.rows) ?? kernelOf(cell, value);
    kernels.set(cell.rows, kernel);
    work += kernel.length * steps;
    if (work > maxWork) break;
    const folded = fold(grid, kernel);
    grid = folded.grid;
    beyond += folded.beyond;
    done += 1;
  }
  if (done === cells.length) return beyond;
  const rest = momentsOf(cells.slice(done));
  let sum = beyond;
  for (let at = 0; at < steps; at += 1) {
    const mass = grid[at] as number;
    if (mass > 1e-18) sum += mass * pearsonTail(rest, value * (1 - at / steps));
  }
  return sum;
}

/** Spreads the values of a cell over the grid: each to its two neighbours, so that the mean stays; the last entry is the value or more. */
function kernelOf({ outcomes }: CellNull, value: number): [number, number][] {
  const masses = new Float64Array(steps + 1);
  for (const [own, probability] of outcomes) {
    const at = (own / value) * steps;
    const low = Math.floor(at);
    if (low >= steps) masses[steps] = (masses[steps] as number) + probability;
    else {
      masses[low] = (masses[low] as number) + probability * (1 - (at - low));
      masses[low + 1] = (masses[low + 1] as number) + probability * (at - low);
    }
  }
  const kernel: [number, number][] = [];
  for (let at = 0; at <= steps; at += 1) {
    const mass = masses[at] as number;
    if (mass > 0) kernel.push([at, mass]);
  }
  return kernel;
}

function fold(grid: Float64Array, kernel: readonly (readonly [number, number])[]) {
  const next = new Float64Array(steps);
  // Mass of the grid from each point on.
  const above = new Float64Array(steps + 1);
  for (let at = steps - 1; at >= 0; at -= 1) above[at] = (above[at + 1] as number) + (grid[at] as number);
  let beyond = 0;
  for (const [step, probability] of kernel) {
    const end = steps - step;
    for (let at = 0; at < end; at += 1)
      next[at + step] = (next[at + step] as number) + probability * (grid[at] as number);
    beyond += probability * (above[end] as number);
  }
  return { grid: next, beyond };
}
