import { formatCount, formatNumber } from "#components/ui/format.ts";
import type { FeatureReport } from "#server/watch/monitoring/drift/report/contract.ts";

const methods: Record<string, string> = {
  "chi-square": "a chi-squared threshold",
  f: "an F threshold, because windows vary more than independent rows would",
  "monte-carlo": "a simulated null distribution, because there are few rows",
  exact: "exact enumeration",
};

/** Describes the test behind a feature's drift state, with its numbers. */
export function describeTest(feature: FeatureReport): string {
  const { psi, line, psiNet, rows, referenceRows, method, dispersion, ks, wasserstein } = feature;
  if (psi === null || line === null)
    return `${formatCount(rows)} values, ${formatCount(referenceRows)} in the reference: too few to test.`;
  const test = `PSI ${formatNumber(psi)}, threshold ${formatNumber(line)} from ${methods[method] ?? method}; net of sampling noise ${formatNumber(psiNet)}. ${formatCount(rows)} values compared with ${formatCount(referenceRows)}.`;
  const distances =
    ks === null || wasserstein === null
      ? ""
      : ` From bins: Kolmogorov–Smirnov ${formatNumber(ks)}, Wasserstein ${formatNumber(wasserstein)} standard deviations.`;
  const shift = ` The smallest detectable shift is about ${formatNumber(Math.sqrt(line))} standard deviations.`;
  const varies =
    dispersion !== null && dispersion > 2
      ? ` Windows vary ${formatNumber(dispersion)} times as much as independent rows would.`
      : "";
  return `${test}${distances}${feature.kind === "numeric" ? shift : ""}${varies}`;
}
