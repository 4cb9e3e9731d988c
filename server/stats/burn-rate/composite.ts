/** How parts burn together (OpenSLO: the sum of the parts' burn rates times their weights, not normalised). */
export type CompositeMode = "openslo" | "weighted" | "worst";

/**
 * The burn rate of parts together; those without traffic say nothing. Consumed budgets combine in the same way, since all parts have
 * the same period. Null where no part has any.
 */
export function combinedBurn(
  mode: CompositeMode,
  parts: readonly { value: number | null; weight: number }[],
): number | null {
  const known = parts.filter((part) => part.value !== null) as { value: number; weight: number }[];
  if (known.length === 0) return null;
  if (mode === "worst") return Math.max(...known.map(({ value }) => value));
  const sum = known.reduce((sum, { value, weight }) => sum + weight * value, 0);
  return mode === "openslo" ? sum : sum / known.reduce((sum, { weight }) => sum + weight, 0);
}

/** A slice's ratio of parts together, by OpenSLO's RatioTimeslices: 1 − Σ wᵢ(1 − ratioᵢ), at least 0. */
export function combinedRatio(parts: readonly { ratio: number; weight: number }[]): number {
  return Math.max(0, 1 - parts.reduce((sum, { ratio, weight }) => sum + weight * (1 - ratio), 0));
}
