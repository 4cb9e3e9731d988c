import { Explanation } from "#server/serve/explain/contract.ts";

/** The largest value, for or against, of explanations that stand side by side: one scale for all of them. */
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
