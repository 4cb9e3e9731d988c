import { chiSquareQuantile, chiSquareTail } from "../../chi-square.ts";
import { seededRandom } from "../../random.ts";
import { type CalibratedMethod, total } from "./calibrated-test.ts";
import { type Dispersion, dispersedLine } from "./dispersion.ts";
import { twoSampleChiSquare } from "./distances.ts";
import { permutedChiSquare, rankAmong } from "./permutation-null.ts";
import type { Cells } from "./pool-cells.ts";
import { manyExpected, tableNull } from "./table-null.ts";
import { seedOf, tieBreak } from "./tie.ts";
import { twoCellNull } from "./two-cell-null.ts";

/** A verdict on the scale of a chi-square. */
export interface Judgement {
  line: number;
  pValue: number;
  isDrift: boolean;
  method: CalibratedMethod;
}

/** P-values that are larger, or so many times α, decide nothing: three moments are enough for them. */
const idlePValue = 0.25;
const idleTimes = 5;
/** From so many expected rows in each cell on, the chi-square line is good for p-values that decide nothing. */
const someExpected = 5;
/** Ties matter while a cell expects fewer rows than this. */
const fewExpected = 10;
/** P-values that are smaller by this factor are far from the threshold, and not drawn. */
const nearTimes = 50;
/** Draws times cells that are worth it near the threshold, some hundredths of a second. */
const maxDrawn = 1e5;

/**
 * Tests whether a table is further from "one source" than α allows, by its chi-square under a permutation of all rows (docs/spec/drift.md
 * section 6.2): two cells are counted out, and more by tableNull. Near the threshold of a table of few rows, draws settle ties, so that α
 * of the windows without drift alarm and not fewer.
 */
export function evaluateCells(
  cells: Cells,
  options: {
    alpha: number;
    /** Observed chi-square, if it is not simply that of the table. */
    seen?: number;
    dispersion?: Dispersion;
    seed: string;
  },
): Judgement {
  const { alpha } = options;
  const degrees = cells.reference.length - 1;
  const value = options.seen ?? twoSampleChiSquare(cells.reference, cells.current);
  if (options.dispersion && options.dispersion.phi > 1) {
    const f = dispersedLine(value, { ...options.dispersion, degrees, alpha });
    return { ...f, isDrift: value > f.line, method: "f" };
  }
  const expected = minExpected(cells);
  const plain = chiSquareTail(value, degrees);
  const isIdle = plain > Math.max(2 * alpha, idlePValue) && (expected >= someExpected || value < degrees);
  if (expected >= manyExpected || isIdle) {
    const line = chiSquareQuantile(alpha, degrees);
    return { line, pValue: plain, isDrift: value > line, method: "chi-square" };
  }
  const seed = seedOf(options.seed, cells.reference, cells.current);
  if (degrees === 1) {
    const exact = twoCellNull(cells, { statistic: twoSampleChiSquare, alpha });
    return settled({ value, alpha, pValue: exact.above + tieBreak(seed) * exact.tied, line: exact.line }, "exact");
  }
  const table = tableNull(cells);
  const line = table.roughQuantile(alpha);
  const rough = table.roughTail(value);
  if (rough > Math.min(idlePValue, idleTimes * alpha))
    return settled({ value, alpha, pValue: rough, line }, "permutation");
  const draws = drawsFor(alpha);
  const isDrawn = expected < fewExpected && draws * cells.reference.length <= maxDrawn && rough > alpha / nearTimes;
  if (!isDrawn) return settled({ value, alpha, pValue: table.tail(value), line }, "permutation");
  const random = seededRandom(seed);
  const ranked = rankAmong(permutedChiSquare(cells, random), { value, alpha, draws, random });
  return settled({ value, alpha, ...ranked }, "monte-carlo");
}

/** Returns the rows that the rarest cell expects in the smaller sample. */
function minExpected({ reference, current }: Cells): number {
  const [n, m] = [total(reference), total(current)];
  let least = Number.POSITIVE_INFINITY;
  for (let cell = 0; cell < reference.length; cell += 1)
    least = Math.min(least, (reference[cell] as number) + (current[cell] as number));
  return (least * Math.min(n, m)) / (n + m);
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
