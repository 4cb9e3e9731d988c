import { formatCount, formatNumber } from "#components/ui/format.ts";
import type { FeatureReport } from "#server/monitoring/drift/report/contract.ts";

const methods: Record<string, string> = {
  "chi-square": "a chi-square line",
  f: "an F line, since windows vary more than independent rows would",
  "monte-carlo": "a simulated null, since rows are few",
  exact: "every table counted out",
};

/** What the verdict on a feature stands on, with its numbers. */
export function testWords(feature: FeatureReport): string {
  const { psi, line, psiNet, rows, referenceRows, method, dispersion, ks, wasserstein } = feature;
  if (psi === null || line === null)
    return `${formatCount(rows)} values here, ${formatCount(referenceRows)} in the reference: not tested.`;
  const test = `PSI ${formatNumber(psi)}, line ${formatNumber(line)} by ${methods[method] ?? method}; net of sampling noise ${formatNumber(psiNet)}. ${formatCount(rows)} values against ${formatCount(referenceRows)}.`;
  const distances =
    ks === null || wasserstein === null
      ? ""
      : ` From bins: Kolmogorov–Smirnov ${formatNumber(ks)}, Wasserstein ${formatNumber(wasserstein)} standard deviations.`;
  const shift = ` The smallest shift that shows here is about ${formatNumber(Math.sqrt(line))} standard deviations.`;
  const varies =
    dispersion !== null && dispersion > 2
      ? ` Its windows vary ${formatNumber(dispersion)} times as much as independent rows would.`
      : "";
  return `${test}${distances}${feature.kind === "numeric" ? shift : ""}${varies}`;
}
