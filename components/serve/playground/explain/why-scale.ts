import type { Explanation } from "#server/serve/explain/contract.ts";

/** Returns the largest absolute value of explanations shown side by side, which share one scale. */
export function largestOf(explanations: readonly (Explanation | null | undefined)[]): number {
  const largest = explanations.map((explanation) => {
    if (!explanation) return 0;
    const { why } = explanation;
    const values = why.method === "occlusion" ? why.heat.values : why.features.map(({ value }) => value);
    return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  });
  return Math.max(0, ...largest);
}
