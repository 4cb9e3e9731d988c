import { cauchyCombination } from "../../cauchy-combination.ts";
import { type CalibratedTest, minRows, netOfNoise, noVerdict, psiScale, total } from "./calibrated-test.ts";
import { cutChiSquare } from "./cut-resolution.ts";
import { decisionBins, regroup, wantedBins } from "./decision-bins.ts";
import type { Dispersion } from "./dispersion.ts";
import { twoSampleChiSquare } from "./distances.ts";
import { evaluateCells } from "./evaluate-cells.ts";
import { orderedTest } from "./ordered-test.ts";
import { isEven, psiTest } from "./psi-test.ts";

/** Part of the false alarms that the ordered test has; PSI has the others. */
const orderedShare = 0.7;

interface Options {
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
  alpha: number;
  dispersion?: Dispersion;
  /** Whether all values of both sides are the same one. */
  isConstant?: boolean;
  seed?: string;
}

/**
 * Tests whether a numeric feature is distributed as in the reference, from the stored bins of profile and state: the test used for
 * windows (docs/spec/drift.md section 6.5). PSI over decision bins finds changes of any shape, but knows no order of the bins; the ordered
 * test finds shifts and changes of scale in half of the rows. The verdict is that of both p-values together; PSI has its own threshold for
 * its part of α.
 * @param options.reference counts by stored bin. @param options.current counts of the same bins.
 */
export function histogramTest(options: Options): CalibratedTest {
  const { reference, current, alpha } = options;
  if (total(reference) < minRows || total(current) < minRows) return noVerdict("too-few-rows");
  const ordered = orderedTest(reference, current);
  if (!ordered) return noVerdict(options.isConstant ? "constant" : "no-test");
  const unordered = unorderedTest({ ...options, alpha: alpha * (1 - orderedShare) });
  const pValue = cauchyCombination([
    { pValue: ordered.pValue, weight: orderedShare },
    { pValue: unordered.pValue, weight: 1 - orderedShare },
  ]);
  return { ...unordered, pValue, isDrift: pValue <= alpha, ordered };
}

/**
 * Compares bins without their order: PSI as in psiTest. Where values are tied, the reference's own bins would be biased towards it (whole
 * numbers, 50 and 50 rows: 5.9% for 5%), so that bins are cut by both sides together and the table is evaluated by the null of a
 * permutation, which is exact except for where the bins were cut: see cutChiSquare.
 */
function unorderedTest(options: Options): CalibratedTest {
  const { reference, current, alpha, dispersion, seed = "" } = options;
  const own = decisionBins(reference, wantedBins);
  const counts = regroup(reference, own);
  if (isEven(counts)) return psiTest({ ...options, reference: counts, current: regroup(current, own) });
  const pooled = Array.from(reference, (count, bin) => count + (current[bin] as number));
  const groups = decisionBins(pooled, wantedBins);
  const cells = { reference: regroup(reference, groups), current: regroup(current, groups) };
  const degrees = groups.length - 1;
  if (degrees < 1) return noVerdict("no-test");
  const seen = degrees > 1 ? cutChiSquare(cells, groups, pooled) : twoSampleChiSquare(cells.reference, cells.current);
  const evaluated = evaluateCells(cells, { alpha, seen, seed, ...(dispersion && { dispersion }) });
  const scale = psiScale(total(reference), total(current));
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
