import { incompleteBeta } from "../beta.ts";

/**
 * Computes P(X ≥ bad) for X ~ Binomial(total, budget): the probability of that many bad events when the target is met exactly. By the
 * regularised incomplete beta function, I_b(bad, total − bad + 1): https://dlmf.nist.gov/8.17.E5.
 * @param count fractions of bad events count in favour of the service, those of total events as well.
 */
export function chanceOfBad(count: { bad: number; total: number }, budget: number): number {
  const bad = Math.floor(count.bad + 1e-6);
  const total = Math.max(bad, Math.ceil(count.total - 1e-6));
  if (bad <= 0) return 1;
  if (budget >= 1) return 1;
  return incompleteBeta(budget, bad, total - bad + 1);
}

/** Whether the number of bad events is less likely than `gate`. The beta function is evaluated only if a bound does not decide. */
export function isImprobable(count: { bad: number; total: number }, budget: number, gate: number): boolean {
  const bad = Math.floor(count.bad + 1e-6);
  const share = bad / Math.max(bad, Math.ceil(count.total - 1e-6));
  if (bad <= 0 || share <= budget) return false;
  // Chernoff's bound, exp(−n·KL(share‖b)), lies above the tail: below the gate it settles the matter.
  const total = bad / share;
  const rest = share < 1 ? (1 - share) * Math.log((1 - share) / (1 - budget)) : 0;
  if (-total * (share * Math.log(share / budget) + rest) < Math.log(gate) - 1e-6) return true;
  return isBelow(chanceOfBad(count, budget), gate);
}

/** Finds the smallest number of bad events of `total` that passes the gate; null if even `total` bad events do not. */
export function smallestImprobable(total: number, budget: number, gate: number): number | null {
  let [low, high] = [1, total + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isBelow(chanceOfBad({ bad: middle, total }, budget), gate)) high = middle;
    else low = middle + 1;
  }
  return low > total ? null : low;
}

/** Checks for strictly below, ignoring rounding errors: one failure of one request at b = 0.001 is not below 0.001. */
function isBelow(chance: number, gate: number): boolean {
  return chance < gate * (1 - 1e-9);
}
