import { incompleteBeta } from "../beta.ts";
import { betaBinomialTail } from "../beta-binomial.ts";

/**
 * Computes P(X ≥ bad): the probability of that many bad events when the target is met exactly. For single events X ~ Binomial(total,
 * budget), by the regularised incomplete beta function, I_b(bad, total − bad + 1): https://dlmf.nist.gov/8.17.E5. For events in clusters
 * X is beta-binomial with the same mean and the variance times the dispersion φ: the correlation of two events is (φ − 1)/(total − 1).
 * @param count fractions of bad events count in favour of the service, those of total events as well.
 * @param dispersion variance by mean of counts of bad events, at least 1 (errorDispersion())
 */
export function chanceOfBad(count: { bad: number; total: number }, budget: number, dispersion = 1): number {
  const bad = Math.floor(count.bad + 1e-6);
  const total = Math.max(bad, Math.ceil(count.total - 1e-6));
  if (bad <= 0) return 1;
  if (budget >= 1) return 1;
  if (budget <= 0) return 0;
  if (dispersion <= 1 + 1e-6 || total <= 1) return incompleteBeta(budget, bad, total - bad + 1);
  // As many events as a cluster has, or fewer, are one cluster: good or bad together.
  const correlation = Math.min(maxCorrelation, (dispersion - 1) / (total - 1));
  const size = 1 / correlation - 1;
  return betaBinomialTail(bad, total, { a: budget * size, b: (1 - budget) * size });
}

const maxCorrelation = 0.999;

/** Whether the number of bad events is less likely than `gate`. The exact tail is evaluated only if a bound does not decide. */
export function isImprobable(
  count: { bad: number; total: number },
  budget: number,
  gate: number,
  dispersion = 1,
): boolean {
  const bad = Math.floor(count.bad + 1e-6);
  const share = bad / Math.max(bad, Math.ceil(count.total - 1e-6));
  if (bad <= 0 || share <= budget) return false;
  if (dispersion > 1 + 1e-6) return isBelow(chanceOfBad(count, budget, dispersion), gate);
  // Chernoff's bound, exp(−n·KL(share‖b)), lies above the tail: below the gate it settles the matter.
  const total = bad / share;
  const rest = share < 1 ? (1 - share) * Math.log((1 - share) / (1 - budget)) : 0;
  if (-total * (share * Math.log(share / budget) + rest) < Math.log(gate) - 1e-6) return true;
  return isBelow(chanceOfBad(count, budget), gate);
}

/** Finds the smallest number of bad events of `total` that passes the gate; null if even `total` bad events do not. */
export function smallestImprobable(total: number, budget: number, gate: number, dispersion = 1): number | null {
  let [low, high] = [1, total + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isBelow(chanceOfBad({ bad: middle, total }, budget, dispersion), gate)) high = middle;
    else low = middle + 1;
  }
  return low > total ? null : low;
}

/** Checks for strictly below, ignoring rounding errors: one failure of one request at b = 0.001 is not below 0.001. */
function isBelow(chance: number, gate: number): boolean {
  return chance < gate * (1 - 1e-9);
}
