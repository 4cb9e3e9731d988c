/** One gateway's bad units, and how many it would have at the common rate of each minute. */
export interface GatewayEvents {
  expected: number;
  events: number;
}

/** Fewer expected events say nothing about a gateway's rate. */
const minExpected = 10;

/**
 * Estimates the standard deviation of the logarithms of the gateways' own rates, beyond chance: the moment estimator of a random effect,
 * τ² = (Σ wᵢ·dᵢ² − (k − 1)) / (Σ wᵢ − Σ wᵢ²/Σ wᵢ), with dᵢ = events / expected − their weighted mean and wᵢ = expected / φ (DerSimonian &
 * Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7, 1986).
 * @param dispersion φ: variance of a gateway's events by their mean, 1 for independent ones
 * @returns 0 where chance explains the differences, and with fewer than two gateways that have events
 */
export function gatewayDeviation(gateways: readonly GatewayEvents[], dispersion: number): number {
  const known = gateways
    .filter(({ expected }) => expected >= minExpected)
    .map(({ expected, events }) => ({ ratio: events / expected, weight: expected / dispersion }));
  if (known.length < 2) return 0;
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  const mean = known.reduce((sum, { weight, ratio }) => sum + weight * ratio, 0) / total;
  const spread = known.reduce((sum, { weight, ratio }) => sum + weight * (ratio - mean) ** 2, 0);
  const scale = total - known.reduce((sum, { weight }) => sum + weight ** 2, 0) / total;
  return Math.sqrt(Math.max(0, (spread - (known.length - 1)) / scale));
}
