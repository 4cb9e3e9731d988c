import { chiSquareQuantile, chiSquareTail } from "../../chi-square.ts";
import { type Random, seededRandom } from "../../random.ts";
import { type CalibratedMethod, total } from "./calibrated-test.ts";
import { type Dispersion, dispersedLine } from "./dispersion.ts";
import { permutedChiSquare, rankAmong } from "./permutation-null.ts";
import type { Cells } from "./pool-cells.ts";
import { seedOf, tieBreak } from "./tie.ts";
import { twoCellNull } from "./two-cell-null.ts";

/** A verdict on the scale of a chi-square. */
export interface Judgement {
  line: number;
  pValue: number;
  isDrift: boolean;
  method: CalibratedMethod;
}

/** Two cells take few values: only beyond so many rows is the step from one to the next too small to matter. */
const rowsForTwoCells = 20_000;
/** Three cells and more: the chi-square line is within 0.3 points of any α in use from so many rows on, and so many for each cell. */
const rowsForMoreCells = 1000;
const rowsOfEachCell = 50;
/** More than some seconds of drawing are not worth it: hundreds of levels at a tiny α keep the chi-square line. */
const maxWork = 4e7;

/**
 * Tests whether a table is further from "one source" than α allows. The chi-square threshold decides if it can be trusted; with few
 * rows and a value near the threshold, the exact null decides: enumerated for two cells, simulated for more
 * (docs/spec/drift.md section 6.6).
 */
export function evaluateCells(
  cells: Cells,
  options: {
    alpha: number;
    /** Statistic on the scale of a chi-square with cells − 1 degrees of freedom; large means different. */
    statistic: (reference: number[], current: number[]) => number;
    /** Observed value, if it is not simply the statistic of the table. */
    seen?: number;
    dispersion?: Dispersion;
    seed: string;
    /** Returns a generator of values of the statistic without drift; by default chi-squares of permutations. */
    simulate?: (random: Random) => () => number;
  },
): Judgement {
  const { alpha, statistic } = options;
  const degrees = cells.reference.length - 1;
  const value = options.seen ?? statistic(cells.reference, cells.current);
  if (options.dispersion && options.dispersion.phi > 1) {
    const f = dispersedLine(value, { ...options.dispersion, degrees, alpha });
    return { ...f, isDrift: value > f.line, method: "f" };
  }
  const pValue = chiSquareTail(value, degrees);
  const line = chiSquareQuantile(alpha, degrees);
  const plain: Judgement = { line, pValue, isDrift: value > line, method: "chi-square" };
  const smaller = Math.min(total(cells.reference), total(cells.current));
  if (!isNear(pValue, alpha) || isLineGood(degrees + 1, smaller, alpha)) return plain;
  const seed = seedOf(options.seed, cells.reference, cells.current);
  if (degrees === 1) {
    const exact = twoCellNull(cells, { statistic, alpha });
    return settled({ value, alpha, pValue: exact.above + tieBreak(seed) * exact.tied, line: exact.line }, "exact");
  }
  const random = seededRandom(seed);
  const draw = options.simulate?.(random) ?? permutedChiSquare(cells, random);
  const simulated = rankAmong(draw, { value, alpha, draws: drawsFor(alpha), random });
  return settled({ value, alpha, ...simulated }, "monte-carlo");
}

function isLineGood(cells: number, rows: number, alpha: number): boolean {
  if (cells === 2) return rows >= rowsForTwoCells;
  if (cells * drawsFor(alpha) > maxWork) return true;
  return rows >= Math.max(rowsForMoreCells, rowsOfEachCell * cells);
}

/** Whether a simulation is needed: not if the chi-square is so far from the threshold that its error cannot change the verdict. */
export function isNear(pValue: number, alpha: number): boolean {
  return pValue < 5 * alpha && pValue > alpha / 50;
}

/**
 * Returns the number of draws: R + 1 is a multiple of 1/α, so that p ≤ α happens in exactly α of the windows; R ≥ 10/α
 * (docs/spec/drift.md section 6.6).
 */
function drawsFor(alpha: number): number {
  return Math.round((alpha >= 0.0025 ? 50 : 10) / alpha) - 1;
}

/** Builds the verdict from p; the displayed threshold never contradicts it, not even for a table exactly at the threshold. */
function settled(
  { value, alpha, pValue, line }: { value: number; alpha: number; pValue: number; line: number },
  method: CalibratedMethod,
): Judgement {
  const isDrift = pValue <= alpha;
  const hair = 1e-9 * Math.abs(value);
  return { line: isDrift ? Math.min(line, value - hair) : Math.max(line, value), pValue, isDrift, method };
}
