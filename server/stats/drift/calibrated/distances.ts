import { chiSquareQuantile } from "../../chi-square.ts";
import { psiScale, total } from "./calibrated-test.ts";

/**
 * Computes PSI with only the current side smoothed, so that an empty bin is not infinite (docs/spec/drift.md section 6.1).
 * @param reference counts by bin, all above 0. @param current counts of the same bins.
 */
export function smoothedPsi(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const bins = reference.length;
  const n = total(reference);
  const m = total(current) + 0.5 * bins;
  let sum = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const p = (reference[bin] as number) / n;
    const q = ((current[bin] as number) + 0.5) / m;
    sum += (p - q) * Math.log(p / q);
  }
  return sum;
}

/**
 * Computes the chi-square of two samples of counts, each as uncertain as its rows (docs/spec/drift.md section 6.2); cells empty on
 * both sides are ignored.
 */
export function twoSampleChiSquare(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const ratio = Math.sqrt(total(current) / total(reference));
  let sum = 0;
  for (let cell = 0; cell < reference.length; cell += 1) {
    const r = reference[cell] as number;
    const c = current[cell] as number;
    if (r + c > 0) sum += (ratio * r - c / ratio) ** 2 / (r + c);
  }
  return sum;
}

/** Computes the threshold of a distribution on the scale of PSI: (1/n + 1/m) · χ²(1 − α). */
export function chiSquareLine(rows: { reference: number; current: number }, degrees: number, alpha: number): number {
  return psiScale(rows.reference, rows.current) * chiSquareQuantile(alpha, degrees);
}
