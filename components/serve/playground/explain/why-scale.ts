import { Explanation } from "#server/serve/explain/contract.ts";

/** Returns the largest absolute value of explanations shown side by side, which share one scale. */
export function largestOf(results: readonly unknown[]): number {
  const largest = results.map((result) => {
    const { data } = Explanation.safeParse(result);
    if (!data) return 0;
    const { why } = data;
    const values = why.method === "occlusion" ? why.heat.values : why.features.map(({ value }) => value);
    return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  });
  return Math.max(0, ...largest);
}
