import { chiSquareQuantile, chiSquareTail } from "../../chi-square.ts";
import { seededRandom } from "../../random.ts";
import { type CalibratedTest, minRows, netOfNoise, noVerdict, psiScale, total } from "./calibrated-test.ts";
import {
  type ContinuousWindow,
  continuousLine,
  continuousPValue,
  simulatedPsi,
  simulatedPsiOf,
} from "./continuous-null.ts";
import type { Dispersion } from "./dispersion.ts";
import { smoothedPsi } from "./distances.ts";
import { evaluateCells, isNear, type Judgement } from "./evaluate-cells.ts";
import type { Cells } from "./pool-cells.ts";

/** Below so many rows on either side the null of a continuous feature is simulated. */
const rowsForChiSquare = 1000;
/** Minimum α whose threshold is read from the stored draws; below it, an alarm is confirmed by separate draws. */
const minStoredAlpha = 0.0025;

/**
 * Tests whether a numeric feature is distributed as in the reference (docs/spec/drift.md sections 6.1 and 6.6): PSI over decision bins
 * against the threshold (1/n + 1/m) · χ²(1 − α), or against a simulated null with few rows. Counts are by decision bin: see decisionBins
 * and regroup.
 * @param options.alpha false alarms of one window, above 0. @param options.dispersion how much windows vary more than independent rows.
 * @param options.isContinuous whether bins were cut through values without ties; derived from the counts by default.
 * @param options.seed a name of the feature and window that settles ties of small tables; see tieBreak.
 */
export function psiTest(options: {
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
  alpha: number;
  dispersion?: Dispersion;
  isContinuous?: boolean;
  seed?: string;
}): CalibratedTest {
  const { alpha } = options;
  const cells = withoutEmpty(options.reference, options.current);
  const n = total(cells.reference);
  const m = total(cells.current);
  if (n < minRows || m < minRows) return noVerdict("too-few-rows");
  const bins = cells.reference.length;
  if (bins < 2) return noVerdict("no-test");
  const scale = psiScale(n, m);
  const psi = smoothedPsi(cells.reference, cells.current);
  const window = { referenceRows: n, rows: m, bins };
  const isDispersed = (options.dispersion?.phi ?? 1) > 1;
  const evaluated =
    !isDispersed && (options.isContinuous ?? isEven(cells.reference))
      ? judgeContinuous(psi / scale, window, alpha)
      : evaluateCells(cells, {
          alpha,
          statistic: (reference, current) => smoothedPsi(reference, current) / scale,
          dispersion: options.dispersion,
          seed: options.seed ?? "",
          simulate: (random) => simulatedPsiOf(cells.reference, m, random),
        });
  return {
    ...evaluated,
    statistic: psi,
    line: evaluated.line * scale,
    degrees: bins - 1,
    psi,
    psiNet: netOfNoise(psi, bins - 1, scale),
  };
}

function judgeContinuous(t: number, window: ContinuousWindow, alpha: number): Judgement {
  const degrees = window.bins - 1;
  const pValue = chiSquareTail(t, degrees);
  const line = chiSquareQuantile(alpha, degrees);
  const plain: Judgement = { line, pValue, isDrift: t > line, method: "chi-square" };
  if (Math.min(window.referenceRows, window.rows) >= rowsForChiSquare) return plain;
  if (alpha >= minStoredAlpha && alpha <= 0.25) {
    const own = continuousLine(window, alpha);
    return { line: own, pValue: continuousPValue(window, t) ?? pValue, isDrift: t > own, method: "monte-carlo" };
  }
  // The chi-square line has been measured to hold at small α for 200 rows and more (docs/spec/drift.md section 6.6).
  if (Math.min(window.referenceRows, window.rows) >= 200 || !isNear(pValue, alpha)) return plain;
  const confirmed = monteCarloPsi({ ...window, t, alpha });
  return { ...confirmed, isDrift: t > confirmed.line, method: "monte-carlo" };
}

const confirmedLines = new Map<string, Float64Array>();

/**
 * Computes the p-value of T = PSI / (1/n + 1/m) from at least 10/α draws of the exact null of a continuous feature, and the value of T
 * that α of them exceed (docs/spec/drift.md section 6.6). Draws are cached by (n, m, B, α): they do not depend on the data.
 */
function monteCarloPsi(options: ContinuousWindow & { t: number; alpha: number }): {
  pValue: number;
  line: number;
} {
  const { alpha, t, ...window } = options;
  const count = Math.round(20 / alpha) - 1;
  const key = `${window.referenceRows} ${window.rows} ${window.bins} ${alpha}`;
  let tail = confirmedLines.get(key);
  if (!tail) {
    const values = simulatedPsi(window, count, seededRandom(2)).sort();
    // Only p-values below 5α reach this point: the largest 100·α·R values are more than is ever looked up.
    tail = values.slice(Math.max(0, values.length - 2000));
    if (confirmedLines.size >= 256) confirmedLines.clear();
    confirmedLines.set(key, tail);
  }
  const above = tail.length - tail.findIndex((value) => value >= t);
  const isBelowAll = t > (tail.at(-1) ?? 0);
  return {
    pValue: (1 + (isBelowAll ? 0 : above)) / (count + 1),
    line: tail[tail.length - Math.floor(alpha * (count + 1))] ?? Number.POSITIVE_INFINITY,
  };
}

/** Merges bins without reference rows, which would be infinitely distant, into their lower neighbour, the first into its upper one. */
function withoutEmpty(reference: ArrayLike<number>, current: ArrayLike<number>): Cells {
  const cells: Cells = { reference: [], current: [] };
  let waiting = 0;
  for (let bin = 0; bin < reference.length; bin += 1) {
    const r = reference[bin] as number;
    const c = current[bin] as number;
    const last = cells.current.length - 1;
    if (r > 0) {
      cells.reference.push(r);
      cells.current.push(c + waiting);
      waiting = 0;
    } else if (last >= 0) cells.current[last] = (cells.current[last] as number) + c;
    else waiting += c;
  }
  return cells;
}

/** Whether bins appear to be cut through a continuous feature: 10 or 20 of them with almost the same share. */
export function isEven(reference: readonly number[]): boolean {
  const share = total(reference) / reference.length;
  const isComplete = reference.length === 10 || reference.length === 20;
  return isComplete && reference.every((count) => Math.abs(count - share) <= 1.5 + 0.05 * share);
}
