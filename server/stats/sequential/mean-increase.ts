import type { Estimate, SequenceTuning } from "./mean-difference.ts";

/**
 * Computes ln(1/p) of the one-sided, anytime-valid test of "the difference of means is at most 0": it reaches ln(1/α) exactly when the
 * lower end of `oneSidedMeanSequences` at α is above 0, with the prior of that α. p solves √q/(2(eˣ − 1)) with x =
 * ρ²n·value²/(2q·se²), the half width of the same paper solved for α (Waudby-Smith et al. 2024). Not an e-value: it must not be
 * averaged with others.
 * @returns 0 or more; 0 without an increase.
 */
export function meanIncreaseLogE(
  { value, standardError, count }: Estimate,
  { alpha, tightestAt }: SequenceTuning,
): number {
  if (!(value > 0) || !(standardError > 0)) return 0;
  const log = -2 * Math.log(2 * alpha);
  const rhoSquared = (log + Math.log(log + 1)) / tightestAt;
  const q = count * rhoSquared + 1;
  const x = (rhoSquared * count * value ** 2) / (2 * q * standardError ** 2);
  // ln(eˣ − 1), also where eˣ is beyond all numbers.
  const excess = x > 30 ? x : Math.log(Math.expm1(x));
  return Math.max(0, Math.LN2 + excess - Math.log(q) / 2);
}
