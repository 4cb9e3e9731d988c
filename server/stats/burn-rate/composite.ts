/** Combination of the components' burn rates (OpenSLO: the sum of burn rates times their weights, not normalised). */
export type CompositeMode = "openslo" | "weighted" | "worst";

/**
 * Combines the burn rates of components; those without traffic are ignored. Consumed budgets combine in the same way, since all
 * components have the same period. Components whose weights are all 0 count equally.
 * Null when no component has traffic.
 */
export function combinedBurn(
  mode: CompositeMode,
  parts: readonly { value: number | null; weight: number }[],
): number | null {
  const known = parts.filter((part) => part.value !== null) as { value: number; weight: number }[];
  if (known.length === 0) return null;
  if (mode === "worst") return Math.max(...known.map(({ value }) => value));
  const sum = known.reduce((sum, { value, weight }) => sum + weight * value, 0);
  if (mode === "openslo") return sum;
  const weights = known.reduce((sum, { weight }) => sum + weight, 0);
  return weights > 0 ? sum / weights : known.reduce((sum, { value }) => sum + value / known.length, 0);
}

/** Combines the ratios of components in a time slice, by OpenSLO's RatioTimeslices: 1 − Σ wᵢ(1 − ratioᵢ), at least 0. */
export function combinedRatio(parts: readonly { ratio: number; weight: number }[]): number {
  return Math.max(0, 1 - parts.reduce((sum, { ratio, weight }) => sum + weight * (1 - ratio), 0));
}
