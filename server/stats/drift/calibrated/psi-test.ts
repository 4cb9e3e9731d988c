import { chiSquareQuantile, chiSquareTail } from "../../chi-square.ts";
import { type CalibratedTest, minRows, netOfNoise, noVerdict, psiScale, total } from "./calibrated-test.ts";
import { type ContinuousWindow, continuousLine, continuousPValue } from "./continuous-null.ts";
import { type Dispersion, dispersedLine } from "./dispersion.ts";
import { smoothedPsi } from "./distances.ts";
import type { Judgement } from "./evaluate-cells.ts";
import type { Cells } from "./pool-cells.ts";

/** Below so many rows on either side the null is simulated. */
const rowsForChiSquare = 1000;
/** From so many rows on, the chi-square line holds below the smallest α for which draws are worth it. */
const rowsForSmallAlpha = 200;
const minDrawnAlpha = 0.0025;
/** Draws are not worth it for larger p-values. */
const idlePValue = 0.3;

/**
 * Tests whether a continuous feature is distributed as in the reference (docs/spec/drift.md sections 6.1 and 6.6): PSI over decision bins
 * against the threshold (1/n + 1/m) · χ²(1 − α), or against a simulated null with few rows. Counts are by decision bin: see decisionBins
 * and regroup.
 * @param options.alpha false alarms of one window, above 0. @param options.dispersion how much windows vary more than independent rows.
 */
export function psiTest(options: {
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
  alpha: number;
  dispersion?: Dispersion;
}): CalibratedTest {
  const { alpha, dispersion } = options;
  const cells = withoutEmpty(options.reference, options.current);
  const n = total(cells.reference);
  const m = total(cells.current);
  if (n < minRows || m < minRows) return noVerdict("too-few-rows");
  const bins = cells.reference.length;
  if (bins < 2) return noVerdict("no-test");
  const scale = psiScale(n, m);
  const psi = smoothedPsi(cells.reference, cells.current);
  const evaluated = evaluatePsi(psi / scale, { referenceRows: n, rows: m, bins }, { alpha, dispersion });
  return {
    ...evaluated,
    statistic: psi,
    line: evaluated.line * scale,
    degrees: bins - 1,
    psi,
    psiNet: netOfNoise(psi, bins - 1, scale),
  };
}

function evaluatePsi(
  t: number,
  window: ContinuousWindow,
  { alpha, dispersion }: { alpha: number; dispersion: Dispersion | undefined },
): Judgement {
  const degrees = window.bins - 1;
  if (dispersion && dispersion.phi > 1) {
    const f = dispersedLine(t, { ...dispersion, degrees, alpha });
    return { ...f, isDrift: t > f.line, method: "f" };
  }
  const smaller = Math.min(window.referenceRows, window.rows);
  const isDrawn = smaller < (alpha < minDrawnAlpha ? rowsForSmallAlpha : rowsForChiSquare) && alpha <= idlePValue;
  const line = isDrawn ? continuousLine(window, alpha) : chiSquareQuantile(alpha, degrees);
  const plain = chiSquareTail(t, degrees);
  const pValue = (isDrawn && plain <= idlePValue ? continuousPValue(window, t) : undefined) ?? plain;
  return { line, pValue, isDrift: t > line, method: isDrawn ? "monte-carlo" : "chi-square" };
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
