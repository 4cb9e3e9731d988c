import { logSumExp } from "../log-sum.ts";

/** One guardrail's part of the decision. */
export interface WeightedEvidence {
  /** Share of α, above 0; the shares of all guardrails sum to 1. */
  share: number;
  logE: number;
}

/**
 * Computes ln of the weighted mean of e-values: an e-process under any dependence, so that a regression is shown at E ≥ 1/α. Keep the
 * maximum of this over time; the mean of maxima is not an e-value.
 */
export function combinedLogE(evidence: readonly WeightedEvidence[]): number {
  return logSumExp(evidence.map(({ share, logE }) => Math.log(share) + logE));
}

/** Returns the minimum running maximum of ln E at which a single guardrail is blamed (e-Bonferroni): ln(1 / (α · share)). */
export function blameLogE(alpha: number, share: number): number {
  return -Math.log(alpha * share);
}

/**
 * Returns the indices of the hypotheses that e-BH rejects, in their order: at most a share α of them falsely, under any dependence.
 * With E₍₁₎ ≥ E₍₂₎ ≥ … the first k are rejected for the largest k with k · E₍ₖ₎ ≥ K/α (Wang & Ramdas, "False discovery rate control
 * with e-values", JRSS-B 84, 2022).
 */
export function namedByEBh(logEs: readonly number[], alpha: number): number[] {
  const order = logEs.map((logE, index) => ({ logE, index })).toSorted((a, b) => b.logE - a.logE);
  const named = order.findLastIndex(({ logE }, rank) => Math.log(rank + 1) + logE >= Math.log(logEs.length / alpha));
  return order
    .slice(0, named + 1)
    .map(({ index }) => index)
    .toSorted((a, b) => a - b);
}

/** Computes the anytime-valid p-value of the largest ln E so far. */
export function pValueOf(maxLogE: number): number {
  return Math.min(1, Math.exp(-maxLogE));
}
