import { type CalibratedTest, minRows, netOfNoise, noVerdict, psiScale, total } from "./calibrated-test.ts";
import type { Dispersion } from "./dispersion.ts";
import { twoSampleChiSquare } from "./distances.ts";
import { evaluateCells } from "./evaluate-cells.ts";
import { pooledCells } from "./pool-cells.ts";

/** A test of counts, with its statistic before conversion to the scale of PSI. */
export type CountsTest = CalibratedTest & { chiSquare?: number };

/**
 * Tests whether levels are distributed as in the reference (docs/spec/drift.md section 6.2): two-sample chi-square with rare levels
 * pooled, drawn on the scale of PSI.
 * @param options.reference counts by level. @param options.current counts of the same levels.
 * @param options.unseen current rows of levels that the reference never had; they have a test of their own, too: see unseenTest.
 * @param options.seed a name of the feature and window that settles ties of small tables; see tieBreak.
 */
export function countsTest(options: {
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
  unseen?: number;
  alpha: number;
  dispersion?: Dispersion;
  seed?: string;
}): CountsTest {
  const n = total(options.reference);
  const m = total(options.current) + (options.unseen ?? 0);
  if (n < minRows || m < minRows) return noVerdict("too-few-rows");
  const cells = pooledCells(options.reference, options.current, options.unseen);
  const degrees = cells.reference.length - 1;
  if (degrees < 1) return noVerdict("no-test");
  const chiSquare = twoSampleChiSquare(cells.reference, cells.current);
  const evaluated = evaluateCells(cells, {
    alpha: options.alpha,
    statistic: twoSampleChiSquare,
    dispersion: options.dispersion,
    seed: options.seed ?? "",
  });
  const scale = psiScale(n, m);
  const psi = chiSquare * scale;
  return {
    ...evaluated,
    statistic: psi,
    line: evaluated.line * scale,
    degrees,
    psi,
    psiNet: netOfNoise(psi, degrees, scale),
    chiSquare,
  };
}
