import { fQuantile, fTail } from "../../f-distribution.ts";
import { total } from "./calibrated-test.ts";
import { twoSampleChiSquare } from "./distances.ts";

/** Ratio of the variation between windows of one source to that of independent rows. */
export interface Dispersion {
  /** 1 where they vary as independent rows do; above 2 is worth telling. */
  phi: number;
  /** Windows it was measured from. */
  windows: number;
}

/**
 * Estimates the dispersion from at least 10 windows without drift, of the same length as the live one: φ = max(1, Σ X² / (C · (B −
 * 1))), each window against all the others (docs/spec/drift.md section 6.8). Repeated customers, retries and daily patterns raise it
 * above 1.
 * @param windows counts by bin of each window, the same bins in each.
 * @returns undefined for fewer than 10 windows, or fewer than two bins with rows.
 */
export function dispersion(windows: readonly ArrayLike<number>[]): Dispersion | undefined {
  const used = windows.filter((window) => total(window) > 0);
  const bins = used[0]?.length ?? 0;
  const all = Array.from({ length: bins }, (_, bin) => used.reduce((sum, window) => sum + (window[bin] ?? 0), 0));
  const degrees = all.filter((count) => count > 0).length - 1;
  if (used.length < 10 || degrees < 1) return undefined;
  let sum = 0;
  for (const window of used) {
    sum += twoSampleChiSquare(
      all.map((count, bin) => count - (window[bin] ?? 0)),
      window,
    );
  }
  return { phi: Math.max(1, sum / (used.length * degrees)), windows: used.length };
}

/**
 * Computes the threshold for a chi-square of dependent rows, and the probability of more than `chiSquare`: X² / φ / df is compared
 * with F(df, C · df), since φ itself was measured.
 */
export function dispersedLine(
  chiSquare: number,
  { degrees, alpha, phi, windows }: Dispersion & { degrees: number; alpha: number },
): { line: number; pValue: number } {
  const below = windows * degrees;
  return {
    line: fQuantile(alpha, degrees, below) * phi * degrees,
    pValue: fTail(chiSquare / phi / degrees, degrees, below),
  };
}
