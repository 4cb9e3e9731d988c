import { formatCount, formatNumber } from "#components/ui/format.ts";
import type { FeatureReport } from "#server/watch/monitoring/drift/report/contract.ts";

const methods: Record<string, string> = {
  "chi-square": "a chi-squared threshold",
  f: "an F threshold, because windows vary more than independent rows would",
  "monte-carlo": "a simulated null distribution, because there are few rows",
  permutation: "the exact distribution without drift",
  exact: "exact enumeration",
};

/** Describes the test behind a feature's drift state, with its numbers. */
export function describeTest(feature: FeatureReport): string {
  const { psi, line, psiNet, rows, referenceRows, method, dispersion, ks, wasserstein, ordered } = feature;
  if (method === "no-test")
    return `${formatCount(rows)} values, ${formatCount(referenceRows)} in the reference: nearly all are alike, or each is rare, so no test can compare them.`;
  if (method === "constant") return `${formatCount(rows)} values, all the same one as in the reference.`;
  if (psi === null || line === null)
    return `${formatCount(rows)} values, ${formatCount(referenceRows)} in the reference: too few to test.`;
  const test = `PSI ${formatNumber(psi)}, threshold ${formatNumber(line)} from ${methods[method] ?? method}; net of sampling noise ${formatNumber(psiNet)}. ${formatCount(rows)} values compared with ${formatCount(referenceRows)}.`;
  const distances =
    ks === null || wasserstein === null
      ? ""
      : ` From bins: Kolmogorov–Smirnov ${formatNumber(ks)}, Wasserstein ${formatNumber(wasserstein)} standard deviations.`;
  const order = ordered
    ? ` By the order of values: p ${ordered.pValue < 1e-4 ? "< 0.0001" : `= ${formatNumber(ordered.pValue)}`}, ranks ${ordered.shift < 0 ? "lower" : "higher"} by ${formatNumber(Math.abs(ordered.shift))} standard errors.`
    : "";
  const shift = ` PSI finds shifts from about ${formatNumber(Math.sqrt(line))} standard deviations on, the order of values smaller ones.`;
  const varies =
    dispersion !== null && dispersion > 2
      ? ` At the same hour of the week, normal windows vary ${formatNumber(dispersion)} times as much as independent rows would.`
      : "";
  return `${test}${order}${distances}${feature.kind === "numeric" ? shift : ""}${varies}`;
}
