import { type CalibratedTest, minRows, netOfNoise, noVerdict, psiScale, total } from "./calibrated-test.ts";
import type { Dispersion } from "./dispersion.ts";
import { twoSampleChiSquare } from "./distances.ts";
import { evaluateCells } from "./evaluate-cells.ts";
import { filledCells, type OtherLevels, pooledCells } from "./pool-cells.ts";

/** A test of counts, with its statistic before conversion to the scale of PSI. */
export type CountsTest = CalibratedTest & { chiSquare?: number };

/**
 * Tests whether levels are distributed as in the reference (docs/spec/drift.md section 6.2): two-sample chi-square by its exact null,
 * drawn on the scale of PSI. There is no test where every level is so rare that all join one cell.
 * @param options.reference counts by level. @param options.current counts of the same levels.
 * @param options.unseen current rows of levels that the reference never had; they have a test of their own, too: see unseenTest.
 * @param options.other levels of the reference that are not counted one by one.
 * @param options.hasAllLevels whether levels that only the window has are among the counts, too: then none is joined.
 * @param options.seed a name of the feature and window that settles ties of small tables; see tieBreak.
 */
export function countsTest(options: {
  reference: ArrayLike<number>;
  current: ArrayLike<number>;
  unseen?: number;
  other?: OtherLevels | undefined;
  hasAllLevels?: boolean;
  alpha: number;
  dispersion?: Dispersion;
  seed?: string;
}): CountsTest {
  const { other, unseen = 0, dispersion } = options;
  const n = total(options.reference) + (other?.reference ?? 0);
  const m = total(options.current) + unseen + (other?.current ?? 0);
  if (n < minRows || m < minRows) return noVerdict("too-few-rows");
  const cells = options.hasAllLevels
    ? filledCells(options.reference, options.current)
    : pooledCells(options.reference, options.current, { unseen, other });
  const degrees = cells.reference.length - 1;
  if (degrees < 1) return noVerdict(isConstant(options) ? "constant" : "no-test");
  const chiSquare = twoSampleChiSquare(cells.reference, cells.current);
  const evaluated = evaluateCells(cells, {
    alpha: options.alpha,
    seed: options.seed ?? "",
    ...(dispersion && { dispersion }),
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

/** Whether all rows of both sides have one level. */
function isConstant({ reference, current, unseen = 0, other }: Parameters<typeof countsTest>[0]): boolean {
  let levels = 0;
  for (let level = 0; level < reference.length; level += 1)
    if ((reference[level] as number) + (current[level] as number) > 0) levels += 1;
  return levels === 1 && unseen === 0 && !other?.reference && !other?.current;
}
