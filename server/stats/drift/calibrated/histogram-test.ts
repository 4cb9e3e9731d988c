import { type CalibratedTest, minRows, netOfNoise, noVerdict, psiScale, total } from "./calibrated-test.ts";
import { cutChiSquare } from "./cut-resolution.ts";
import { decisionBins, regroup, wantedBins } from "./decision-bins.ts";
import type { Dispersion } from "./dispersion.ts";
import { twoSampleChiSquare } from "./distances.ts";
import { evaluateCells } from "./evaluate-cells.ts";
import { isEven, psiTest } from "./psi-test.ts";

/** Below so many rows on either side ties matter. */
const fewRows = 1000;

/**
 * Tests whether a numeric feature is distributed as in the reference, from the stored bins of profile and state: the test used for
 * windows. PSI over decision bins as in psiTest; only with few rows and tied values, the reference's own bins would
 * be biased towards it (whole numbers, 50 and 50 rows: 5.9% for 5%), so that bins are cut by both sides together and the table is
 * evaluated by the null of a permutation, which is exact except for where the bins were cut: see cutChiSquare.
 * @param options.reference counts by stored bin. @param options.current counts of the same bins.
 */
export function histogramTest(options: {
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
  alpha: number;
  dispersion?: Dispersion;
  seed?: string;
}): CalibratedTest {
  const { reference, current } = options;
  const n = total(reference);
  const m = total(current);
  if (n < minRows || m < minRows) return noVerdict("too-few-rows");
  const groups = decisionBins(reference, wantedBins);
  const counts = regroup(reference, groups);
  const isContinuous = isEven(counts);
  if (Math.min(n, m) >= fewRows || isContinuous)
    return psiTest({ ...options, reference: counts, current: regroup(current, groups), isContinuous });
  return pooledTest(options, psiScale(n, m));
}

function pooledTest(options: Parameters<typeof histogramTest>[0], scale: number): CalibratedTest {
  const { reference, current, alpha, dispersion, seed = "" } = options;
  const pooled = Array.from(reference, (count, bin) => count + (current[bin] as number));
  const groups = decisionBins(pooled, wantedBins);
  const cells = { reference: regroup(reference, groups), current: regroup(current, groups) };
  const degrees = groups.length - 1;
  if (degrees < 1) return noVerdict("no-test");
  const seen = degrees > 1 ? cutChiSquare(cells, groups, pooled) : twoSampleChiSquare(cells.reference, cells.current);
  const evaluated = evaluateCells(cells, { alpha, statistic: twoSampleChiSquare, seen, dispersion, seed });
  const psi = seen * scale;
  return {
    ...evaluated,
    statistic: psi,
    line: evaluated.line * scale,
    degrees,
    psi,
    psiNet: netOfNoise(psi, degrees, scale),
  };
}
